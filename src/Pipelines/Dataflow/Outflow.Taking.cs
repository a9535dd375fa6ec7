using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

// How the head leaves other than by being accepted: consumed by a target that postponed it, reserved first or not, or received.
internal sealed partial class Outflow<T>
{
    public T? Consume(DataflowMessageHeader header, ITargetBlock<T> target, out bool consumed)
    {
        Require(header, target);
        lock (_gate)
        {
            consumed = IsThere(header) && (_reservedBy is null || ReferenceEquals(_reservedBy, target));
            return consumed ? Take(_links.Find(link => ReferenceEquals(link.Target, target))) : default;
        }
    }

    public bool Reserve(DataflowMessageHeader header, ITargetBlock<T> target)
    {
        Require(header, target);
        lock (_gate)
        {
            if (!IsThere(header) || _reservedBy is not null)
            {
                return false;
            }

            _reservedBy = target;
            return true;
        }
    }

    public void Release(DataflowMessageHeader header, ITargetBlock<T> target)
    {
        Require(header, target);
        lock (_gate)
        {
            if (!ReferenceEquals(_reservedBy, target) || header.Id != _id)
            {
                throw new InvalidOperationException("The target has not reserved this message.");
            }

            _reservedBy = null;
            Announce();
        }
    }

    public bool TryReceive(Predicate<T>? filter, [MaybeNullWhen(false)] out T item)
    {
        for (; ; )
        {
            long id;
            lock (_gate)
            {
                if (!IsAtRest || !TryLoad())
                {
                    item = default;
                    return false;
                }

                if (filter is null)
                {
                    item = Take(null);
                    return true;
                }

                item = _head;
                id = _id;
            }

            // The caller's code, so not under the gate; another may have taken the message meanwhile.
            bool wanted = filter(item);
            lock (_gate)
            {
                if (!wanted)
                {
                    return false;
                }

                if (IsAtRest && _hasHead && id == _id)
                {
                    item = Take(null);
                    return true;
                }
            }
        }
    }

    public bool TryReceiveAll([NotNullWhen(true)] out IList<T>? items)
    {
        items = null;
        while (TryReceive(null, out T? item))
        {
            (items ??= []).Add(item);
        }

        return items is not null;
    }

    private bool IsAtRest => !_isOffering && _reservedBy is null;

    private static void Require(DataflowMessageHeader header, ITargetBlock<T> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!header.IsValid)
        {
            throw new ArgumentException("The message header is not valid: its id is 0.", nameof(header));
        }
    }

    // Whether anybody may have the message now. Who comes while it is on offer is offered it again, if it is not accepted.
    private bool IsThere(DataflowMessageHeader header)
    {
        if (!_hasHead || header.Id != _id)
        {
            return false;
        }

        if (_isOffering)
        {
            Announce();
        }

        return !_isOffering;
    }

    // Under the gate when called for a receiver; the loop alone otherwise, while there is no head.
    private bool TryLoad()
    {
        lock (_gate)
        {
            if (!_hasHead && _reader.TryRead(out T? item))
            {
                _head = item;
                _hasHead = true;
                _id++;
            }

            return _hasHead;
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

// How the head leaves other than by being accepted: consumed by a target that postponed it, reserved first or not, or received.
internal sealed partial class Outflow<T>
{
    public T? Consume(DataflowMessageHeader messageHeader, ITargetBlock<T> target, out bool consumed)
    {
        Require(messageHeader, target);
        using (_gate.Enter())
        {
            consumed = IsFor(messageHeader, target);
            return consumed ? Take(_links.Find(link => ReferenceEquals(link.Target, target))) : default;
        }
    }

    public bool Reserve(DataflowMessageHeader messageHeader, ITargetBlock<T> target)
    {
        Require(messageHeader, target);
        using (_gate.Enter())
        {
            if (!IsFor(messageHeader, target) || _reservedBy is not null)
            {
                return false;
            }

            _reservedBy = target;
            return true;
        }
    }

    public void Release(DataflowMessageHeader messageHeader, ITargetBlock<T> target)
    {
        Require(messageHeader, target);
        using (_gate.Enter())
        {
            if (!ReferenceEquals(_reservedBy, target) || messageHeader.Id != _id)
            {
                throw new InvalidOperationException("The target has not reserved this message.");
            }

            _reservedBy = null;

            // From within the offer, the round goes on: to offer it again to a target that did not want it would go on for ever.
            if (!IsOnOffer || _hasRefused)
            {
                _hasRefused = false;
                Announce();
            }
        }
    }

    public bool TryReceive(Predicate<T>? filter, [MaybeNullWhen(false)] out T item)
    {
        for (; ; )
        {
            long id;
            using (_gate.Enter())
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
            using (_gate.Enter())
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

    private bool IsOnOffer => _offeringThread != 0;

    private bool IsAtRest => !IsOnOffer && _reservedBy is null;

    private static void Require(DataflowMessageHeader messageHeader, ITargetBlock<T> target)
    {
        if (!messageHeader.IsValid)
        {
            throw new ArgumentException("The message header is not valid: its id is 0.", nameof(messageHeader));
        }

        ArgumentNullException.ThrowIfNull(target);
    }

    // Whether a target may have the message now. If not, and if it is not taken, it is offered again.
    private bool IsFor(DataflowMessageHeader header, ITargetBlock<T> target)
    {
        if (!_hasHead || header.Id != _id)
        {
            return false;
        }

        if (IsOnOffer && _offeringThread != Environment.CurrentManagedThreadId)
        {
            _hasRefused = true;
            Announce();
            return false;
        }

        bool isFor = _reservedBy is null || ReferenceEquals(_reservedBy, target);
        _hasRefused |= !isFor;
        return isFor;
    }

    // Under the gate when called for a receiver; the loop alone otherwise, while there is no head.
    private bool TryLoad()
    {
        using (_gate.Enter())
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

using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Pipelines.Channels;

namespace Pipelines;

/// <summary>What an observable has pushed and the run has not taken yet, oldest first. A lock makes all who push one writer.</summary>
/// <remarks>Open until the first <see cref="Close"/>; then closed for good: what comes later is not of this stream.</remarks>
internal sealed class PushedItems<T>(int capacity, ObservableOverflow whenFull) : Queue
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = [];
    private Exception? _error;
    private bool _isClosed;
    private T _tooMany = default!;
    private bool _hasTooMany;
    private long _taken;
    private int _count;

    public override long Capacity => capacity;

    public override long Read => Volatile.Read(ref _taken);

    public override long Written => Read + Volatile.Read(ref _count);

    public bool HasItems => Volatile.Read(ref _count) > 0;

    public bool IsClosed => Volatile.Read(ref _isClosed);

    public enum Outcome
    {
        Accepted,

        /// <summary>An item was dropped, which may be the one that was put.</summary>
        Dropped,

        /// <summary>There was no room, and nothing may be dropped: the stream has failed.</summary>
        TooMany,
    }

    public Outcome Put(T item, out T? dropped)
    {
        dropped = default;
        var outcome = Outcome.Accepted;
        lock (_lock)
        {
            if (_isClosed)
            {
                return Outcome.Accepted; // the subscription has ended: the observable did not know yet
            }

            if (_items.Count == capacity)
            {
                switch (whenFull)
                {
                    case ObservableOverflow.Fail:
                        // Kept, so that it is accounted for with what else is left over.
                        _tooMany = item;
                        _hasTooMany = true;
                        _error = new InvalidOperationException(
                            $"The observable pushed more than the {capacity} items that there is room for. Make what follows faster, give the block more " +
                            "Capacity, or say what to drop (ObservableOverflow).");
                        _isClosed = true;
                        outcome = Outcome.TooMany;
                        break;
                    case ObservableOverflow.DropNewest:
                        dropped = item;
                        return Outcome.Dropped;
                    default:
                        dropped = _items.Dequeue();
                        outcome = Outcome.Dropped;
                        break;
                }
            }

            if (outcome != Outcome.TooMany)
            {
                _items.Enqueue(item);
                Volatile.Write(ref _count, _items.Count);
            }
        }

        Reader!.Wake(Wait.Input); // behind the lock, which was the fence
        return outcome;
    }

    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            bool any = _items.TryDequeue(out item);
            _taken += any ? 1 : 0;
            Volatile.Write(ref _count, _items.Count);
            return any;
        }
    }

    /// <summary>Takes what is left over when the run has ended.</summary>
    public bool TryTakeLeftOver([MaybeNullWhen(false)] out T item)
    {
        if (TryTake(out item))
        {
            return true;
        }

        item = _tooMany;
        bool any = _hasTooMany;
        _tooMany = default!;
        _hasTooMany = false;
        return any;
    }

    public void Close(Exception? error)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _error = error;
            _isClosed = true;
        }

        Reader!.Wake(Wait.Input);
    }

    public void ThrowIfFailed()
    {
        if (_error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }
}

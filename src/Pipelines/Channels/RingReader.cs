using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>The reader's side of a <see cref="RingChannel{T}"/>, and of a pipeline's output that one loop reads.</summary>
/// <remarks>
/// It is the source of its own value tasks. Of a <c>WaitToReadAsync</c> the wait says that there is news, and the ring says whether they
/// are the end, at the moment the result is asked for. A pending <c>ReadAsync</c> is handed its item by the writer that brings it.
/// </remarks>
[DebuggerDisplay("count={Count}")]
internal sealed class RingReader<T> : ChannelReader<T>, IValueTaskSource<bool>, IRingSide
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly SideWait _wait;
    private readonly ItemSource _items;

    // What a pending read was handed, until its result is asked for.
    private T? _item;

    public RingReader(Ring<T> ring, ChannelEnd end)
    {
        _ring = ring;
        _end = end;
        _wait = new SideWait(this);
        _items = new ItemSource(this);
        ring.Reader = _wait;
    }

    public override bool CanCount => true;

    public override bool CanPeek => true;

    public override int Count => _ring.Count;

    public override Task Completion => _end.Completion;

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (_wait.IsTransferring)
        {
            item = default;
            return false;
        }

        bool read = _ring.TryRead(out item);
        if (_end.HasEnded)
        {
            FinishIfDrained();
        }

        return read;
    }

    public override bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        item = default;
        return !_wait.IsTransferring && _ring.TryPeek(out item);
    }

    public int TryReadMany(Span<T> items)
    {
        if (_wait.IsTransferring)
        {
            return 0;
        }

        int read = _ring.TryReadMany(items);
        FinishIfDrained();
        return read;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (!_wait.IsTransferring && _ring.HasItems)
        {
            return new(true);
        }

        _wait.Claim();
        _wait.Arm(Wait.Input, transfers: false, cancellationToken);
        if ((_ring.HasItems || _ring.IsClosed) && _wait.TryDisarm())
        {
            return Outcome();
        }

        return new(this, _wait.Begin());
    }

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        return TryRead(out T? item) ? new(item) : ReadWhenThere(cancellationToken);
    }

    /// <summary>Finishes <see cref="Completion"/> once the end was decided and the last item is out. Any thread.</summary>
    public void FinishIfDrained()
    {
        if (_end.HasEnded && _ring.IsDrained)
        {
            _end.Finish();
        }
    }

    private ValueTask<T> ReadWhenThere(CancellationToken cancellationToken)
    {
        while (true)
        {
            _wait.Claim();
            _wait.Arm(Wait.Input, transfers: true, cancellationToken);

            // Not the ring's own looks from here on, which are for whoever has the side: that may be a waker by now.
            if (!_ring.HasNewsForReader || !_wait.TryDisarm())
            {
                return new(_items, _wait.Begin());
            }

            if (TryRead(out T? item))
            {
                return new(item);
            }

            if (_ring.IsDrained)
            {
                FinishIfDrained();
                return _end.ReadPastEnd<T>();
            }
        }
    }

    void IRingSide.Transfer()
    {
        do
        {
            if (_ring.TryRead(out T? item))
            {
                _item = item;
                FinishIfDrained();
                _wait.Succeed();
                return;
            }

            if (_ring.IsDrained)
            {
                FinishIfDrained();
                _wait.Fail(_end.PastEnd());
                return;
            }

            _wait.GoOn(Wait.Input);
        }
        while (_ring.HasNewsForReader && _wait.TryResume());
    }

    void IRingSide.Cancelled()
    {
    }

    private ValueTask<bool> Outcome()
    {
        if (_ring.HasItems)
        {
            return new(true);
        }

        FinishIfDrained();
        return _end.Error is { } error ? ValueTask.FromException<bool>(error) : new(false);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token)
    {
        ValueTaskSourceStatus status = _wait.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && _ring.IsDrained ? _end.Status : status;
    }

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _wait.GetResult(token);

        // Not whether there is an item: a loop that waits for the channel or for a timer takes what is there when the timer
        // fires, and would read the end of the stream from a wait that found nothing afterwards. Its wait may also end on
        // another thread than it reads on, so this looks and touches nothing of the reader's.
        if (!_ring.IsDrained)
        {
            return true;
        }

        FinishIfDrained();
        _end.ThrowIfFailed();
        return false;
    }

    // Of its own, because T may be bool.
    private sealed class ItemSource(RingReader<T> reader) : IValueTaskSource<T>
    {
        public ValueTaskSourceStatus GetStatus(short token) => reader._wait.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            reader._wait.OnCompleted(continuation, state, token, flags);

        public T GetResult(short token)
        {
            reader._wait.GetResult(token);
            T item = reader._item!;
            reader._item = default;
            return item;
        }
    }
}

using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>The writer's side of a <see cref="RingChannel{T}"/>; its value tasks are made as the reader's are.</summary>
/// <remarks>The item of a pending <c>WriteAsync</c> is put into the ring by the read that frees a slot.</remarks>
[DebuggerDisplay("count={_ring.Count} closed={_ring.IsClosed}")]
internal sealed class RingWriter<T> : ChannelWriter<T>, IValueTaskSource<bool>, IValueTaskSource, IRingSide
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly SideWait _wait;

    // What a pending write is to put into the ring, until it has.
    private T? _item;

    public RingWriter(Ring<T> ring, ChannelEnd end)
    {
        _ring = ring;
        _end = end;
        _wait = new SideWait(this);
        ring.Writer = _wait;
    }

    public override bool TryWrite(T item) => !_wait.IsTransferring && _ring.TryWrite(item);

    public int TryWriteMany(ReadOnlySpan<T> items) => _wait.IsTransferring ? 0 : _ring.TryWriteMany(items);

    public override bool TryComplete(Exception? error = null)
    {
        if (!_end.TryEnd(error))
        {
            return false;
        }

        _ring.Close();

        // The reader moves its cursor without a fence and then looks whether the stream has ended; we end it and then look
        // at its cursor. The fence for both is here, where it is paid once a channel.
        Interlocked.MemoryBarrierProcessWide();
        if (_ring.IsDrained)
        {
            _end.Finish();
        }

        return true;
    }

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (!_wait.IsTransferring && _ring.HasRoom && !_ring.IsClosed)
        {
            return new(true);
        }

        _wait.Claim();
        _wait.Arm(Wait.Room, transfers: false, cancellationToken);
        _ring.WakeEarly();
        if ((_ring.HasRoom || _ring.IsClosed) && _wait.TryDisarm())
        {
            return Outcome();
        }

        return new(this, _wait.Begin());
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        return TryWrite(item) ? default : WriteWhenRoom(item, cancellationToken);
    }

    private ValueTask WriteWhenRoom(T item, CancellationToken cancellationToken)
    {
        while (true)
        {
            _wait.Claim(); // before anything that an earlier write, still pending, has put there
            _item = item;
            _wait.Arm(Wait.Room, transfers: true, cancellationToken);
            _ring.WakeEarly();

            // Not the ring's own looks from here on, which are for whoever has the side: that may be a waker by now.
            if (!_ring.HasNewsForWriter || !_wait.TryDisarm())
            {
                return new(this, _wait.Begin());
            }

            _item = default;
            if (_ring.TryWrite(item))
            {
                return default;
            }

            if (_ring.IsClosed)
            {
                return _end.WritePastEnd();
            }
        }
    }

    void IRingSide.Transfer()
    {
        do
        {
            if (_ring.TryWrite(_item!))
            {
                _item = default;
                _wait.Succeed();
                return;
            }

            if (_ring.IsClosed)
            {
                _item = default;
                _wait.Fail(_end.PastEnd());
                return;
            }

            _wait.GoOn(Wait.Room);
        }
        while (_ring.HasNewsForWriter && _wait.TryResume());
    }

    void IRingSide.Cancelled() => _item = default;

    private ValueTask<bool> Outcome()
    {
        if (!_ring.IsClosed)
        {
            return new(true);
        }

        return _end.Error is { } error ? ValueTask.FromException<bool>(error) : new(false);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token)
    {
        ValueTaskSourceStatus status = _wait.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && _ring.IsClosed ? _end.Status : status;
    }

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _wait.GetResult(token);
        if (!_ring.IsClosed)
        {
            return true;
        }

        _end.ThrowIfFailed();
        return false;
    }

    // Of a write: it has been written, whatever has become of the channel since.
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);
}

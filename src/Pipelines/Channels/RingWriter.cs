using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>The writer's side of a <see cref="RingChannel{T}"/>; its value tasks are made as the reader's are.</summary>
[DebuggerDisplay("count={_ring.Count} closed={_ring.IsClosed}")]
internal sealed class RingWriter<T> : ChannelWriter<T>, IValueTaskSource<bool>
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly Signal _signal = new();

    public RingWriter(Ring<T> ring, ChannelEnd end)
    {
        _ring = ring;
        _end = end;
        ring.Writer = _signal;
    }

    public override bool TryWrite(T item) => _ring.TryWrite(item);

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

        if (_ring.HasRoom && !_ring.IsClosed)
        {
            return new(true);
        }

        _signal.Arm(Wait.Room, cancellationToken);
        if ((_ring.HasRoom || _ring.IsClosed) && _signal.TryDisarm())
        {
            return Outcome();
        }

        return new(this, _signal.BeginWait());
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        return TryWrite(item) ? default : WriteWhenRoomAsync(item, cancellationToken);
    }

    // The wait may be cancelled, the write may not: so a cancelled call has delivered nothing.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteWhenRoomAsync(T item, CancellationToken cancellationToken)
    {
        bool open;
        do
        {
            try
            {
                open = await WaitToWriteAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (_ring.IsClosed && ReferenceEquals(error, _end.Error))
            {
                open = false;
            }

            if (open && TryWrite(item))
            {
                return;
            }
        }
        while (open);

        throw _end.PastEnd();
    }

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
        ValueTaskSourceStatus status = _signal.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && _ring.IsClosed ? _end.Status : status;
    }

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _signal.GetResult(token);
        if (!_ring.IsClosed)
        {
            return true;
        }

        _end.ThrowIfFailed();
        return false;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>The reader's side of a <see cref="RingChannel{T}"/>, and of a pipeline's output that one loop reads.</summary>
/// <remarks>
/// It is the source of its own <c>WaitToReadAsync</c> value tasks: the signal says that there is news, the ring says whether they
/// are the end, at the moment the result is asked for.
/// </remarks>
[DebuggerDisplay("count={Count}")]
internal sealed class RingReader<T> : ChannelReader<T>, IValueTaskSource<bool>
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly Signal _signal = new();

    public RingReader(Ring<T> ring, ChannelEnd end)
    {
        _ring = ring;
        _end = end;
        ring.Reader = _signal;
    }

    public override bool CanCount => true;

    public override bool CanPeek => true;

    public override int Count => _ring.Count;

    public override Task Completion => _end.Completion;

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        bool read = _ring.TryRead(out item);
        if (_end.HasEnded)
        {
            FinishIfDrained();
        }

        return read;
    }

    public override bool TryPeek([MaybeNullWhen(false)] out T item) => _ring.TryPeek(out item);

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (_ring.HasItems)
        {
            return new(true);
        }

        _signal.Arm(Wait.Input, cancellationToken);
        if ((_ring.HasItems || _ring.IsClosed) && _signal.TryDisarm())
        {
            return Outcome();
        }

        return new(this, _signal.BeginWait());
    }

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        return TryRead(out T? item) ? new(item) : ReadWhenThereAsync(cancellationToken);
    }

    // The wait may be cancelled, the read may not: so a cancelled call has taken nothing.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> ReadWhenThereAsync(CancellationToken cancellationToken)
    {
        bool more;
        do
        {
            try
            {
                more = await WaitToReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (_ring.IsDrained && ReferenceEquals(error, _end.Error))
            {
                more = false;
            }

            if (more && TryRead(out T? item))
            {
                return item;
            }
        }
        while (more);

        throw _end.PastEnd();
    }

    /// <summary>Finishes <see cref="Completion"/> once the end was decided and the last item is out. Any thread.</summary>
    public void FinishIfDrained()
    {
        if (_end.HasEnded && _ring.IsDrained)
        {
            _end.Finish();
        }
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
        ValueTaskSourceStatus status = _signal.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && _ring.IsDrained ? _end.Status : status;
    }

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _signal.GetResult(token);

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
}

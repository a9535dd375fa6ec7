using System.Globalization;
using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>Gives a worker's delegate a token that is cancelled when an item takes too long. One token source a worker, used again for each item.</summary>
/// <remarks>
/// An item that exceeds the limit fails with <see cref="TimeoutException"/>, whether its delegate obeys the token or returns late:
/// what counts as in time must not depend on how a delegate is written. A late result goes back like an undelivered item.
/// </remarks>
internal sealed class TimeLimit<TIn, TOut> : IDisposable
{
    private readonly Func<TIn, CancellationToken, ValueTask<TOut>> _selector;
    private readonly BlockRun _block;
    private readonly TimeSpan _limit;
    private readonly Action<TOut> _discard;
    private CancellationTokenSource _attempt;
    private CancellationTokenRegistration _abort;

    public TimeLimit(Func<TIn, CancellationToken, ValueTask<TOut>> selector, BlockRun block, TimeSpan limit, Action<TOut> discard)
    {
        _selector = selector;
        _block = block;
        _limit = Require.ForTimer(limit);
        _discard = discard;
        _attempt = NewAttempt();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TOut> InvokeAsync(TIn item, CancellationToken abort)
    {
        Edge edge = _block.Run.Edge;
        CancellationTokenSource attempt = _attempt;
        attempt.CancelAfter(_limit);
        try
        {
            ValueTask<TOut> call = _selector(item, attempt.Token);
            TOut result = await (edge.IsSystemClock ? call.AtOnce(edge) : call.Queued(edge)); // a clock of the user's is asked behind it
            if (!attempt.IsCancellationRequested || abort.IsCancellationRequested)
            {
                return result;
            }

            if (!ReferenceEquals(result, item))
            {
                await edge.Turn();
                _discard(result); // the item itself goes where failed items go, and nowhere else
            }

            throw Exceeded(null);
        }
        catch (OperationCanceledException cancelled) when (attempt.IsCancellationRequested && !abort.IsCancellationRequested)
        {
            throw Exceeded(cancelled);
        }
        finally
        {
            if (!attempt.TryReset())
            {
                Dispose();
                _attempt = NewAttempt();
            }
        }
    }

    public void Dispose()
    {
        _abort.Unregister();
        _attempt.Dispose();
    }

    private CancellationTokenSource NewAttempt()
    {
        var attempt = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _block.Run.Options.TimeProvider);
        _abort = _block.Run.AbortToken.UnsafeRegister(static attempt => Cancel((CancellationTokenSource)attempt!), attempt);
        return attempt;
    }

    // Unregistering does not wait for a callback that has begun, so the worker may have disposed its source by now: then there is
    // nothing left to cancel. What callbacks on the source's token throw comes as an AggregateException and is not caught.
    private static void Cancel(CancellationTokenSource attempt)
    {
        try
        {
            attempt.Cancel();
        }
        catch (ObjectDisposedException gone)
        {
            System.Diagnostics.Debug.WriteLine(gone);
        }
    }

    private TimeoutException Exceeded(Exception? inner) => new(
        string.Create(CultureInfo.InvariantCulture, $"The block '{_block.Run.NameOf(_block)}' took longer than its limit of {_limit} for an item."), inner);
}

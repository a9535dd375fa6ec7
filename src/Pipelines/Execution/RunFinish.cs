using Pipelines.Channels;
using Pipelines.Execution;
using System.Runtime.ExceptionServices;

namespace Pipelines;

// The part of a run that executes when nothing else of it does any more.
public sealed partial class PipelineRun
{
    // Lets nothing escape, so that nothing can keep Completion from finishing: not even a fault of our own.
    private async Task FinishAsync()
    {
        try
        {
            await EndAsync();
        }
        catch (Exception error)
        {
            _completion.TrySetException(error);
        }
    }

    private async Task EndAsync()
    {
        _registration.Unregister();
        for (Island? island = _plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Abandon();
        }

        Cause cause;
        List<object?> leftOver;
        lock (_gate)
        {
            leftOver = _leftOver ?? [];
            _leftOver = null; // its own list: whoever still hands back adds to another
            cause = _cause;
            if (cause == Cause.None)
            {
                _cause = Cause.Ended;
            }
        }

        cause = await GiveBackAsync(leftOver) is { } failure && cause is not Cause.Failed ? FailLate(failure) : cause;
        _outcome = OutcomeOf(cause);
        Volatile.Write(ref _ended, Options.TimeProvider.GetTimestamp());
        if (TellOutside(cause) is { } refusal)
        {
            cause = FailLate(refusal);
            _outcome = OutcomeOf(cause);
        }

        TakeRest()?.TrySetResult();
        Activity? span = Place!.Span;
        PipelineMeter.RunHasEnded(this, _failure);
        RunSpan.End(span, _outcome, _failure);
        switch (cause)
        {
            case Cause.Failed:
                _completion.SetException(_failure!.Exception);
                break;
            case Cause.Cancelled:
                _completion.SetCanceled(_cancelledBy);
                break;
            default:
                _completion.SetResult(FinalReport());
                break;
        }
    }

    private RunOutcome OutcomeOf(Cause cause) => cause switch
    {
        Cause.Failed => RunOutcome.Failed,
        Cause.Cancelled => RunOutcome.Cancelled,
        Cause.Aborted => RunOutcome.Stopped,
        _ => IsStopping ? RunOutcome.Stopped : RunOutcome.Completed,
    };

    private Cause FailLate(BlockFailure failure)
    {
        lock (_gate)
        {
            _failure = failure;
            return _cause = Cause.Failed;
        }
    }

    /// <summary>Hands an item back while the run goes on: dropped, or for a branch that has ended. On the thread of the block that has it. Generic, so that a number that nobody asks for is not boxed.</summary>
    internal void GiveBackNow<T>(T item)
    {
        if (Options.OnUndelivered is { } handler)
        {
            handler(item);
        }
        else if (item is IDisposable disposable)
        {
            disposable.Dispose();
        }
        else if (item is IAsyncDisposable)
        {
            HandBack(item); // nothing here can wait for it; the end of the run can
        }
    }

    /// <summary>Hands every left-over item to the options' handler, or disposes it. Returns the first failure of that.</summary>
    internal async ValueTask<BlockFailure?> GiveBackAsync(IReadOnlyCollection<object?> items)
    {
        BlockFailure? first = null;
        foreach (object? item in items)
        {
            try
            {
                if (Options.OnUndelivered is { } handler)
                {
                    handler(item);
                }
                else if (item is IDisposable disposable)
                {
                    disposable.Dispose();
                }
                else if (item is IAsyncDisposable asyncDisposable)
                {
                    await asyncDisposable.DisposeAsync();
                }
            }
            catch (Exception error)
            {
                AtTheEnd(new BlockFailure { Block = nameof(PipelineOptions.OnUndelivered), Item = item, Exception = error }, ref first);
            }
        }

        return first;
    }

    // User code failed when everything had ended: the run fails with the first of it, unless it has failed before.
    private void AtTheEnd(BlockFailure failure, ref BlockFailure? first)
    {
        failure.Mark();
        if (first is null && _failure is null)
        {
            first = failure;
        }
        else
        {
            (_laterFailures ??= []).Add(failure);
        }
    }

    /// <summary>The same for what an outside reader has left in the link to it, after the run has ended.</summary>
    internal async ValueTask GiveBackAsync<T>(Ring<T> link)
    {
        List<object?> items = [];
        while (link.TryRead(out T? item))
        {
            items.Add(item);
        }

        if (await GiveBackAsync(items).ConfigureAwait(false) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure.Exception);
        }
    }

    private BlockFailure? TellOutside(Cause cause)
    {
        if (_plan.Ends is not { } ends)
        {
            return null;
        }

        BlockFailure? first = null;

        Exception? error = cause switch
        {
            Cause.Failed => _failure!.Exception,
            Cause.Cancelled => new OperationCanceledException("The pipeline run was cancelled.", _cancelledBy),
            Cause.Aborted => new OperationCanceledException("The pipeline run was aborted."),
            _ => null,
        };
        foreach (IRunEnd end in ends)
        {
            try
            {
                end.End(error);
            }
            catch (Exception refusal)
            {
                AtTheEnd(new BlockFailure { Block = end.Name, Item = null, Exception = refusal }, ref first);
            }
        }

        return first;
    }
}

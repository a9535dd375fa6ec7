using System.Diagnostics.CodeAnalysis;

namespace Pipelines;

/// <summary>The tokens that a run gives to user code, and their cancellation.</summary>
/// <remarks>Registered callbacks are user code: they run as an activity of the run, not on the thread of whoever stops it. The run stops or aborts when they
/// are called: what they throw is kept, and
/// is no reason to lose what is in flight.</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "The token sources have neither timer nor wait handle nor parent; disposing them under code that still holds the token only harms.")]
internal sealed class RunTokens(PipelineRun run)
{
    private CancellationTokenSource? _stop;
    private CancellationTokenSource? _abort;
    private int _cancelling;

    /// <summary>For producers: cancelled when the run stops or aborts. Ask while the run is being planned.</summary>
    public CancellationToken Stop => (_stop ??= new()).Token;

    /// <summary>For everything else: cancelled when the run aborts. First asked for while the run is being planned.</summary>
    public CancellationToken Abort => (_abort ??= new()).Token;

    /// <summary>Whether callbacks execute at this moment.</summary>
    public bool IsCancelling => Volatile.Read(ref _cancelling) > 0;

    /// <summary>The run stops, or aborts: cancels what goes with that, soon.</summary>
    public void CancelSoon()
    {
        if ((_stop is not null || _abort is not null) && run.TryAddActivity())
        {
            run.Edge.Schedule(new Cancellation(this, null));
        }
    }

    /// <summary>The same for a token of one block.</summary>
    public void CancelSoon(CancellationTokenSource source)
    {
        if (run.TryAddActivity())
        {
            run.Edge.Schedule(new Cancellation(this, source));
        }
    }

    private void Cancel(CancellationTokenSource? source)
    {
        try
        {
            source?.Cancel();
        }
        catch (AggregateException error)
        {
            foreach (Exception thrown in error.Flatten().InnerExceptions)
            {
                run.NoteFailure(new BlockFailure { Block = CallbackName, Item = null, Exception = thrown });
            }
        }
    }

    /// <summary>How a callback is named where it fails or does not return.</summary>
    public const string CallbackName = "a callback on the run's token";

    private sealed class Cancellation(RunTokens tokens, CancellationTokenSource? one) : IThreadPoolWorkItem
    {
        public void Execute() => tokens.InContext(() =>
        {
            Interlocked.Increment(ref tokens._cancelling);
            if (one is not null)
            {
                tokens.Cancel(one);
            }
            else
            {
                tokens.Cancel(tokens._stop);
                if (tokens.Run.IsAborting)
                {
                    tokens.Cancel(tokens._abort); // whatever the first has thrown: somebody may be waiting for this one
                }
            }

            Interlocked.Decrement(ref tokens._cancelling);
            tokens.Run.ActivityEnded();
        });
    }

    private PipelineRun Run => run;

    private void InContext(Action action) => run.InContext(action);
}

using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A worker as its crew sees it: works until it has nothing to do, and ends behind what it owns.</summary>
/// <remarks>Its crew sees to it that it is on one thread at a time. Once it has given itself away (it has lain down, or a continuation was hooked) it touches
/// nothing more.</remarks>
internal abstract class PoolWorker(PipelineRun run)
{
    private Action? _continuation;
    private Pending _end;
    private bool _isEnding;

    /// <summary>Who lay down before it. Under the gate.</summary>
    public PoolWorker? NextAsleep { get; set; }

    /// <summary>What it lies down for; none if it has not. Written by who lies down, cleared by who wakes.</summary>
    public Wait LiesFor { get; set; }

    /// <summary>What to call when code that it waits for returns: it queues the worker, and does nothing else.</summary>
    protected Action Continuation => _continuation ??= Ready;

    /// <summary>Goes on until it lies down, waits for code, or has ended. True: it gives its turn to others and is ready again. It lets no exception
    /// out.</summary>
    public bool Work()
    {
        if (!_isEnding)
        {
            try
            {
                switch (WorkOn())
                {
                    case Worked.Away:
                        return false;
                    case Worked.Turn:
                        return true;
                }
            }
            catch (Exception error)
            {
                Broken(error);
            }

            _isEnding = true;
            _end.Begin(DisposeAsync());
        }

        if (_end.IsStillPending(Continuation, run.Edge.IsThreadPool))
        {
            return false;
        }

        _end.End();
        End();
        return false;
    }

    /// <summary>Claims items, works on them and sees to it that what comes of each is passed on, until it must wait or there is nothing more to
    /// claim.</summary>
    protected abstract Worked WorkOn();

    /// <summary>An exception has left <see cref="WorkOn"/>: what the user's code throws was caught where it was called.</summary>
    protected abstract void Broken(Exception error);

    /// <summary>Disposes what it owns. What that throws is its block's: nothing comes out.</summary>
    protected virtual ValueTask DisposeAsync() => default;

    /// <summary>It goes on, on a thread of its crew's. Any thread.</summary>
    protected abstract void Ready();

    /// <summary>It is done for good: the last thing that it does.</summary>
    protected abstract void End();
}

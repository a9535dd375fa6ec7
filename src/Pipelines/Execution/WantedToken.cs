namespace Pipelines.Execution;

/// <summary>The token of user code that an island waits for: cancelled with the run's, and as soon as nobody takes what the island puts out.</summary>
/// <remarks>Without the second, a producer that waits for something outside would keep a run going whose consumer has long had enough.</remarks>
internal sealed class WantedToken
{
    private readonly PipelineRun _run;

    // Linked and never disposed: it has no timer, and what it is linked to is the run's and goes with it.
    private readonly CancellationTokenSource _source;
    private volatile bool _isOver;

    public WantedToken(PipelineRun run, CancellationToken token)
    {
        _run = run;
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether <see cref="Over"/> was called.</summary>
    public bool IsOver => _isOver;

    /// <summary>The user code has returned: nobody need be told any more.</summary>
    public void Over() => _isOver = true;

    /// <summary>Nobody takes any more. The cancellation runs as a part of the run, not on the caller's thread: callbacks are user code.</summary>
    public void Unwanted()
    {
        if (!_isOver)
        {
            _run.CancelSoon(_source);
        }
    }
}

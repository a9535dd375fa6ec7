using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The token of a function that writes to a link: cancelled with the run's, and as soon as nobody reads the link any more.</summary>
/// <remarks>Without the second, a producer that waits for something outside would keep a run going whose consumer has long had enough.</remarks>
internal sealed class ReaderLeftToken
{
    private readonly PipelineRun _run;

    // Linked and never disposed: it has no timer, and what it is linked to is the run's and goes with it.
    private readonly CancellationTokenSource _source;
    private volatile bool _isOver;

    public ReaderLeftToken(PipelineRun run, Queue link, CancellationToken token)
    {
        _run = run;
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        link.ReaderLeft = ReaderLeft;
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The function has returned: nobody need be told any more.</summary>
    public void Over() => _isOver = true;

    private void ReaderLeft()
    {
        if (!_isOver)
        {
            _run.CancelSoon(_source);
        }
    }
}

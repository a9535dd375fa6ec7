using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Hosting;

/// <summary>What others tell the supervisor of a pipeline: to stop, to start again, to abort.</summary>
/// <remarks>
/// A stop and an abort are told once and stay. A request to start again stays until the supervisor takes it; who asks meanwhile shares it. Everything that
/// completes here goes on elsewhere: nobody's code runs on the thread of who tells.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "The token source has neither timer nor wait handle.")]
internal sealed class Signals
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _request;
    private bool _isOver;

    /// <summary>Ends when the host stops.</summary>
    public Task Stop => _stop.Task;

    public bool IsStopping => _stop.Task.IsCompleted;

    /// <summary>Cancelled when what still drains must not go on.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Ends when somebody wants another run.</summary>
    public Task RestartAsked
    {
        get
        {
            lock (_gate)
            {
                return _asked.Task;
            }
        }
    }

    public void TellToStop() => _stop.TrySetResult();

    public void TellToAbort()
    {
        _ = _abort.CancelAsync(); // first: who sees the stop must not begin a drain, which lets go of a run that is paused
        TellToStop();
    }

    /// <summary>Asks for another run.</summary>
    /// <returns>Ends when it has started; null if there will be none.</returns>
    public Task? AskForRestart()
    {
        lock (_gate)
        {
            if (_isOver || IsStopping)
            {
                return null;
            }

            _request ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked.TrySetResult();
            return _request.Task;
        }
    }

    /// <summary>The supervisor has tried to start another run: tells who has asked.</summary>
    public void Restarted(Exception? error)
    {
        TaskCompletionSource? request;
        lock (_gate)
        {
            request = _request;
            _request = null;
            if (_asked.Task.IsCompleted)
            {
                _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        Tell(request, error);
    }

    /// <summary>There will be no other run.</summary>
    public void Over()
    {
        TaskCompletionSource? request;
        lock (_gate)
        {
            _isOver = true;
            request = _request;
            _request = null;
        }

        Tell(request, new InvalidOperationException("The host stops: the pipeline is not started again."));
    }

    private static void Tell(TaskCompletionSource? request, Exception? error)
    {
        if (error is null)
        {
            request?.TrySetResult();
        }
        else if (request?.TrySetException(error) == true)
        {
            _ = request.Task.Exception; // who has asked may have gone
        }
    }
}

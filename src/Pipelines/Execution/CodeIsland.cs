using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island that is a user's function over channels: called once, it ends when its task does.</summary>
/// <remarks>
/// In the books, and as far as rest goes, it is at work unless one of its tasks waits at one of its channels: what else the function awaits is its own
/// business. Its channels say so
/// (<see cref="CodeSides"/>).
/// </remarks>
internal abstract class CodeIsland : Island
{
    private readonly WantedToken _token;
    private Pending _call;
    private bool _wasCalled;
    private WaitTime _outside;

    protected CodeIsland(BlockRun head, CancellationToken token)
        : base(head)
    {
        _token = new WantedToken(head.Run, token);
        Sides = new CodeSides(head.Run);
    }

    /// <summary>Its channels.</summary>
    protected CodeSides Sides { get; }

    /// <summary>The function's token: the run's, and cancelled as soon as nobody takes any more.</summary>
    protected CancellationToken Token => _token.Token;

    /// <summary>Whether it feeds the run: then it counts as at rest, since its writes are held while the run is paused, and its end waits for the run to go
    /// on.</summary>
    protected virtual bool IsProducer => false;

    /// <summary>Calls the function.</summary>
    protected abstract Task CallAsync();

    /// <summary>It has returned, or thrown; or the run was over before it was called. Ends the stream behind it if it has ended well.</summary>
    protected abstract void Returned(Exception? error);

    protected override Wait Poll()
    {
        if (!_wasCalled)
        {
            _wasCalled = true;
            if (IsRefused || (IsProducer ? Run.IsStopping : Run.IsAborting))
            {
                _token.Over();
                Returned(null);
                return Wait.None;
            }

            try
            {
                _call.Begin(new ValueTask(CallAsync()));
            }
            catch (Exception error)
            {
                _call.Begin(ValueTask.FromException(error));
            }
        }

        if (!_call.IsCompleted)
        {
            return IsProducer ? Wait.Outside : Wait.Code;
        }

        if (IsProducer && Run.IsPaused && !IsUnwanted)
        {
            return Wait.Resume;
        }

        Exception? thrown = null;
        try
        {
            _call.End();
        }
        catch (Exception error)
        {
            thrown = error;
        }

        _token.Over();
        Returned(thrown);
        return Wait.None;
    }

    protected override void Broken(Exception error)
    {
        // Not the call: to look at its task has failed, and there is nothing to wait for.
        base.Broken(error);
        if (_call.IsBegun)
        {
            _call.Begin(ValueTask.FromException(error));
        }
    }

    protected override bool MustWait(Wait wait) =>
        wait == Wait.Resume ? Run.IsPaused && !IsUnwanted : _call.IsStillPending(Continuation, Run.Edge.IsThreadPool);

    // What it does until it returns is work, but for what its channels book.
    protected override bool IsStarvedBy(Wait wait) => wait == Wait.Resume;

    /// <summary>A wait of the function for something outside, booked as a wait for input.</summary>
    public ValueTask<bool> InputFromOutsideAsync(ValueTask<bool> wait)
    {
        return wait.IsCompleted ? wait : StayAsync(wait);

        async ValueTask<bool> StayAsync(ValueTask<bool> wait)
        {
            _outside.Begin(Run.Now);
            try
            {
                return await wait.AtOnce(Run.Edge);
            }
            finally
            {
                _outside.End(Run.Now);
            }
        }
    }

    /// <summary>How long that took so far.</summary>
    protected long WaitedOutside(long now) => _outside.At(now);

    protected override void Unwanted()
    {
        _token.Unwanted();
        base.Unwanted();
    }
}

using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>A <see cref="Waiter"/> to await: one sleeper, reusable, no allocation a wait.</summary>
/// <remarks>
/// Continuations are asynchronous: a waker runs none of the sleeper's code. They go where the sleeper's
/// <c>await</c> captured its context, or to the thread pool; inside a run it is the edge that queues them.
/// </remarks>
internal sealed class Signal : Waiter, IValueTaskSource
{
    private static readonly Action<object?, CancellationToken> s_cancel =
        static (signal, token) => ((Signal)signal!).Cancel(token);

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

    // Written by the owner before it arms; read by a cancellation after it has read the state. A cancellation that comes
    // late, from an earlier wait, therefore either sees another token here or a state that it can no longer swap.
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    // From Arm to the end of the wait. Owner only: it is how a second owner is noticed.
    private bool _busy;

    /// <summary>Announces a wait; what follows is a second look, then <see cref="TryDisarm"/> or <see cref="WaitAsync"/>.</summary>
    public void Arm(Wait news, CancellationToken token = default)
    {
        if (_busy)
        {
            throw new InvalidOperationException(
                "An earlier wait on this side of the channel has not ended. It serves one reader and one writer, each doing one thing at a time; " +
                "use Channel.CreateBounded for more.");
        }

        _busy = true;
        _core.Reset();
        _token = token;
        Announce(news);
    }

    /// <summary>Ends the wait before it began. False: it was ended by another; await it, it is about to complete.</summary>
    public bool TryDisarm()
    {
        if (!TryWithdraw())
        {
            return false;
        }

        _busy = false;
        return true;
    }

    /// <summary>The armed wait. Await it exactly once.</summary>
    public ValueTask WaitAsync() => new(this, BeginWait());

    /// <summary>Registers with the token and returns the version that the value task carries.</summary>
    public short BeginWait()
    {
        if (_token.CanBeCanceled)
        {
            _registration = _token.UnsafeRegister(s_cancel, this);
        }

        return _core.Version;
    }

    private void Cancel(CancellationToken token)
    {
        int state = State;
        if (IsArmed(state) && _token == token && TryLeave(state))
        {
            _core.SetException(new OperationCanceledException(token));
        }
    }

    protected override void OnWoken() => _core.SetResult(true);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The wait has not ended: await it instead of asking for its result.");
        }

        // Unregister, not Dispose: Dispose would block while a callback runs, and the state already defeats a late one.
        _registration.Unregister();
        _registration = default;
        _busy = false;
        _core.GetResult(token);
    }
}

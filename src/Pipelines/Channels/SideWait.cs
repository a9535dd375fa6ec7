using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>The one wait of a side of a <see cref="RingChannel{T}"/>, used again and again: no allocation a wait.</summary>
/// <remarks>
/// <para>
/// It belongs to one side of one channel for good, and a value task carries the version of its wait, which is checked at each use: one that is stale, or
/// asked before it has ended,
/// throws at whoever does that and changes nothing. Continuations are always asynchronous: a waker runs none of the sleeper's code.
/// </para>
/// <para>
/// A wait that transfers is a pending read or write. Whoever wins the word (see <see cref="Waiter"/>) takes the side over for a moment, on its own thread: a
/// waker moves the item, a
/// cancellation moves nothing. So a call that reports its cancellation has done nothing, and one that was woken has its item moved already.
/// </para>
/// </remarks>
internal sealed class SideWait(IRingSide side) : Waiter
{
    private static readonly Action<object?, CancellationToken> s_cancel =
        static (wait, token) => ((SideWait)wait!).Cancel(token);

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

    // Written by the owner before it arms; read by a cancellation after it has read the state. A cancellation that comes
    // late, from an earlier wait, therefore either sees another token here or a state that it can no longer swap.
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    // From Claim to the end of the wait. Owner only: it is how a second owner is noticed.
    private bool _busy;
    private bool _isAwaited;

    // Set before the word is armed, unset by whoever has won it and is done with the ring. Until then the ring's side is not the owner's.
    private bool _transfers;

    /// <summary>Whether a read or write is pending, so that the owner must leave the ring alone.</summary>
    public bool IsTransferring => Volatile.Read(ref _transfers);

    /// <summary>Begins a wait. Throws if another has not ended, and leaves that as it is.</summary>
    public void Claim()
    {
        Misuse.ThrowIf(
            _busy,
            "An earlier wait on this side of the channel has not ended. It serves one reader and one writer, each doing one thing at a time; " +
            "use Channel.CreateBounded for more.");
        _busy = true;
        _isAwaited = false;
    }

    /// <summary>Announces the wait; what follows is a second look, then <see cref="TryDisarm"/> or <see cref="Begin"/>.</summary>
    public void Arm(Wait news, bool transfers, CancellationToken token)
    {
        _token = token;
        _transfers = transfers;
        Announce(news);
    }

    /// <summary>Ends the wait before it began. False: it was ended by another; await it, it is about to complete.</summary>
    public bool TryDisarm()
    {
        if (!TryWithdraw())
        {
            return false;
        }

        Volatile.Write(ref _transfers, false);
        _busy = false;
        return true;
    }

    /// <summary>Registers with the token and returns the version that the value task carries.</summary>
    public short Begin()
    {
        if (_token.CanBeCanceled)
        {
            _registration = _token.UnsafeRegister(s_cancel, this);
        }

        return _core.Version;
    }

    /// <summary>Announces the same wait again, for a waker that found nothing to move after all; it looks again, and then takes it back with <see
    /// cref="TryResume"/>.</summary>
    public void GoOn(Wait news) => Announce(news);

    /// <summary>See <see cref="GoOn"/>. False: another has won it.</summary>
    public bool TryResume() => TryWithdraw();

    /// <summary>Ends the wait well. Only whoever has won it.</summary>
    public void Succeed()
    {
        Volatile.Write(ref _transfers, false);
        _core.SetResult(true);
    }

    /// <summary>Ends the wait with an exception. Only whoever has won it.</summary>
    public void Fail(Exception error)
    {
        Volatile.Write(ref _transfers, false);
        _core.SetException(error);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _core.GetStatus(token);
        Misuse.ThrowIf(_isAwaited, "A value task of a channel is awaited once.");
        _isAwaited = true;
        _core.OnCompleted(continuation, state, token, flags);
    }

    public void GetResult(short token)
    {
        Misuse.ThrowIf(_core.GetStatus(token) == ValueTaskSourceStatus.Pending, "The wait has not ended: await it instead of asking for its result.");

        // Unregister, not Dispose: Dispose would block while a callback runs, and the state already defeats a late one.
        _registration.Unregister();
        _registration = default;
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _core.Reset(); // the value task is used up
            _busy = false;
        }
    }

    protected override void OnWoken()
    {
        if (_transfers)
        {
            side.Transfer();
        }
        else
        {
            Succeed();
        }
    }

    private void Cancel(CancellationToken token)
    {
        int state = State;
        if (IsArmed(state) && _token == token && TryLeave(state))
        {
            side.Cancelled();
            Fail(new OperationCanceledException(token));
        }
    }
}

/// <summary>What a waker does for the side whose read or write it ends.</summary>
internal interface IRingSide
{
    /// <summary>Moves the item, or finds that it never will be moved, and ends the wait. Whoever has won it, on its thread.</summary>
    void Transfer();

    /// <summary>The item will not be moved. Whoever has won the wait, on its thread.</summary>
    void Cancelled();
}

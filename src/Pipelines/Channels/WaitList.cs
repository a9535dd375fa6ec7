using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>A <see cref="Waiter"/> for a side that several tasks share: any number of sleepers, all woken by the same news.</summary>
/// <remarks>
/// The list belongs to the lock of the ring: both sides of a ring share that one lock, because one side wakes the other
/// while it holds it, and two locks would be taken in both orders. Sleepers are pooled. Another may be
/// faster than a woken sleeper. Nothing foreign runs under the lock: continuations are asynchronous.
/// </remarks>
internal sealed class WaitList(Lock gate, ISleepObserver? observer = null) : Waiter
{
    private Sleeper? _asleep;
    private Sleeper? _pool;
    private Exception? _broken;

    /// <summary>Whether <see cref="Break"/> was called.</summary>
    public Exception? Broken => Volatile.Read(ref _broken);

    /// <summary>Joins the sleepers. Call it under the lock, then look again, then leave the lock; false when woken by an end.</summary>
    public ValueTask<bool> Sleep(Wait news, CancellationToken token)
    {
        Sleeper sleeper = _pool ?? new Sleeper(this);
        _pool = sleeper.Next;
        sleeper.Next = _asleep;
        if (_asleep is null)
        {
            observer?.FellAsleep();
        }

        _asleep = sleeper;
        if (!IsArmed(State))
        {
            Announce(news);
        }

        return sleeper.Begin(token);
    }

    /// <summary>Wakes everyone at the caller's own initiative, whatever they wait for.</summary>
    public void WakeAll()
    {
        lock (gate)
        {
            if (IsArmed(State) && !TryWithdraw())
            {
                return; // another waker won; it comes to OnWoken as soon as it gets the lock
            }

            Release(null);
        }
    }

    /// <summary>Ends every wait, now and later, with an exception.</summary>
    public void Break(Exception reason)
    {
        lock (gate)
        {
            _broken ??= reason;
            TryWithdraw();
            Release(reason);
        }
    }

    protected override void OnWoken()
    {
        lock (gate)
        {
            Release(_broken);
        }
    }

    private void Release(Exception? error)
    {
        Sleeper? next = _asleep;
        _asleep = null;
        if (next is not null)
        {
            observer?.WokeUp();
        }

        while (next is { } sleeper)
        {
            next = sleeper.Next;
            sleeper.Next = null;
            sleeper.End(error);
        }
    }

    // Unregistering does not wait for a call that has begun, so this may come when the wait is long over.
    private void Cancel(Sleeper cancelled, CancellationToken token)
    {
        lock (gate)
        {
            ref Sleeper? link = ref _asleep;
            while (link is { } sleeper)
            {
                if (sleeper == cancelled)
                {
                    if (sleeper.Token != token)
                    {
                        return; // a late call for an earlier wait, whose sleeper has lain down again for another
                    }

                    link = sleeper.Next;
                    sleeper.Next = null;
                    if (_asleep is null)
                    {
                        observer?.WokeUp();
                    }

                    sleeper.End(new OperationCanceledException(token));
                    return;
                }

                link = ref sleeper.Next;
            }
        }
    }

    private void Return(Sleeper sleeper)
    {
        lock (gate)
        {
            sleeper.Next = _pool;
            _pool = sleeper;
        }
    }

    private sealed class Sleeper(WaitList owner) : IValueTaskSource<bool>
    {
        private static readonly Action<object?, CancellationToken> s_cancel =
            static (sleeper, token) => ((Sleeper)sleeper!).Cancel(token);

        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
        private CancellationTokenRegistration _registration;

        public Sleeper? Next;

        /// <summary>What may cancel this wait. Under the lock.</summary>
        public CancellationToken Token { get; private set; }

        public ValueTask<bool> Begin(CancellationToken token)
        {
            Token = token;
            if (token.CanBeCanceled)
            {
                // May call back at once, on this thread, which holds the lock already: the lock is re-entrant.
                _registration = token.UnsafeRegister(s_cancel, this);
            }

            return new(this, _core.Version);
        }

        public void End(Exception? error)
        {
            if (error is null)
            {
                _core.SetResult(true);
            }
            else
            {
                _core.SetException(error);
            }
        }

        private void Cancel(CancellationToken token) => owner.Cancel(this, token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        public bool GetResult(short token)
        {
            try
            {
                return _core.GetResult(token);
            }
            finally
            {
                _registration.Unregister();
                _registration = default;
                _core.Reset();
                owner.Return(this);
            }
        }
    }
}

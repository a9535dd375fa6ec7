namespace Pipelines.Models;

/// <summary>src/Pipelines/Channels/Waiter.cs, and what makes of it the sleep of an activity (src/Pipelines/Execution/Activity.cs) or of a channel's side (SideWait.cs).</summary>
internal abstract class WaiterModel : Model
{
    private const int Parked = 4;
    private const int OneWait = 8;

    private readonly RingFault _fault;
    private readonly bool _parks;

    protected WaiterModel(RingFault fault, bool parks)
    {
        (_fault, _parks) = (fault, parks);
        Reader = new Sleeper(Word("reader's word"), News: 1, Word("reader queued"), Word("(reader away)"));
        Writer = new Sleeper(Word("writer's word"), News: 2, Word("writer queued"), Word("(writer away)"));
    }

    protected Sleeper Reader { get; }

    protected Sleeper Writer { get; }

    /// <summary>The second look.</summary>
    protected abstract IEnumerator<Op> MustWait(Sleeper sleeper);

    /// <summary>Whether there is something to wake up for; known to the model only.</summary>
    protected abstract bool IsNews(Sleeper sleeper);

    protected static bool IsArmedFor(Sleeper sleeper, int wait) => (wait & sleeper.News) != 0;

    // Activity.TrySleep; and behind a true, what waits there until the activity executes again.
    protected IEnumerator<Op> TrySleep(Sleeper sleeper)
    {
        // Announce. Only the owner leaves idle, so its word is what it was.
        if (_fault == RingFault.AnnounceWithoutFence)
        {
            yield return Read(sleeper.Word);
            yield return Write(sleeper.Word, Got | sleeper.News);
        }
        else
        {
            yield return Or(sleeper.Word, sleeper.News);
        }

        bool mustWait = true;
        if (_fault != RingFault.NoSecondLook)
        {
            yield return Call(MustWait(sleeper));
            mustWait = Got != 0;
        }

        yield return Call(!mustWait ? TryWithdraw(sleeper) : _parks ? TryPark(sleeper) : Await(sleeper));
    }

    private IEnumerator<Op> TryWithdraw(Sleeper sleeper)
    {
        yield return Read(sleeper.Word);
        int state = Got;
        if (_fault == RingFault.WithdrawWithoutComparison)
        {
            yield return Write(sleeper.Word, Left(state));
        }
        else if ((state & sleeper.News) != 0)
        {
            yield return CompareExchange(sleeper.Word, Left(state), state);
            if (Got == state)
            {
                yield break;
            }
        }

        // SideWait.TryDisarm: it was ended by another, and is about to complete.
        if (!_parks)
        {
            yield return Call(Await(sleeper));
        }
    }

    private IEnumerator<Op> TryPark(Sleeper sleeper)
    {
        yield return Read(sleeper.Word);
        int state = Got;
        if ((state & sleeper.News) == 0)
        {
            yield break;
        }

        if (_fault == RingFault.ParkWithoutComparison)
        {
            yield return Exchange(sleeper.Word, state | Parked);
        }
        else
        {
            yield return CompareExchange(sleeper.Word, state | Parked, state);
            if (Got != state)
            {
                yield break;
            }
        }

        yield return Call(Await(sleeper));
    }

    // On no thread, until it is queued.
    protected IEnumerator<Op> Await(Sleeper sleeper)
    {
        this[sleeper.Away] = 1;
        HasParked(sleeper);
        yield return Await(sleeper.Queued, 1);
        this[sleeper.Queued] = 0;
        this[sleeper.Away] = 0;
    }

    // Waiter.Wake(int). Whoever wins the word ends the wait.
    protected IEnumerator<Op> Wake(Sleeper sleeper, int wait)
    {
        int state = wait;
        do
        {
            yield return _fault == RingFault.WakeWithoutComparison ? Exchange(sleeper.Word, Left(state)) : CompareExchange(sleeper.Word, Left(state), state);
            int seen = Got;
            if (seen == state || _fault == RingFault.WakeWithoutComparison)
            {
                Check(IsNews(sleeper), "Somebody was woken for news that had been taken.");
                yield return Call((state & Parked) != 0 ? OnWokenParked(sleeper) : OnWoken(sleeper));

                yield break;
            }

            state = seen;
        }
        while ((state ^ wait) == Parked && _fault != RingFault.NoRetryWhenParked);
    }

    // Waiter.Wake(Wait).
    protected IEnumerator<Op> Wake(Sleeper sleeper)
    {
        yield return Read(sleeper.Word);
        int wait = Got;
        if (IsArmedFor(sleeper, wait))
        {
            yield return Call(Wake(sleeper, wait));
        }
    }

    /// <summary>An owner that executes is not told, since it looks again; that of a channel is.</summary>
    protected virtual IEnumerator<Op> OnWoken(Sleeper sleeper)
    {
        if (!_parks)
        {
            Queue(sleeper);
        }

        yield break;
    }

    protected virtual IEnumerator<Op> OnWokenParked(Sleeper sleeper)
    {
        Queue(sleeper);
        yield break;
    }

    /// <summary>The owner has parked. Another thread may go on for it at once, and this one has a last thing to do.</summary>
    protected virtual void HasParked(Sleeper sleeper)
    {
    }

    protected void Queue(Sleeper sleeper)
    {
        Check(this[sleeper.Queued] == 0, "An activity was queued that was queued already.");
        Check(this[sleeper.Away] != 0 || !_parks, "An activity was queued that executes.");
        this[sleeper.Queued] = 1;
    }

    protected int Left(int state) => (state & ~7) + (_fault == RingFault.NoCountOfWaits ? 0 : OneWait);

    /// <param name="Word">The waiter's.</param>
    /// <param name="News">What it sleeps for.</param>
    /// <param name="Queued">1: it is about to execute.</param>
    /// <param name="Away">1: it does not execute. Known to the model only.</param>
    protected sealed record Sleeper(Place Word, int News, Place Queued, Place Away);
}

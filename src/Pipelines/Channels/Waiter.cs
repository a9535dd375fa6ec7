using System.Runtime.CompilerServices;

namespace Pipelines.Channels;

/// <summary>Whoever sleeps on one side of a <see cref="Ring{T}"/> and what for.</summary>
/// <remarks>
/// The state is one word:
/// <code>
///  31                      6      5      4 ........ 0
/// | how many waits there were | parked | what for (Wait) |
/// </code>
/// <list type="bullet">
/// <item><b>Idle</b> (none of the low bits). Only the owner leaves it, by <see cref="Announce"/>.</item>
/// <item><b>Armed</b> (any bit of what for). The owner still executes, and looks again. Left exactly once, by whoever wins the compare-and-swap: the owner
/// that finds
/// that it need not sleep, the other side that has news, a cancellation, or an abort.</item>
/// <item><b>Parked</b> (and armed). The owner has left its thread by <see cref="TryPark"/>; whoever ends the wait puts it on one again. An owner that does
/// not park is
/// told of the end of an armed wait, and sleeps in another way.</item>
/// </list>
/// The winner alone completes the wait, and the count makes a late loser of an earlier wait lose this one too. Sleeping is
/// the classic announce-fence-look again: <see cref="Announce"/> is a full fence, and so is every publication of the other
/// side, so that one of the two must see the other. Modelled in test/Models (RingModel).
/// </remarks>
internal abstract class Waiter
{
    private const int WaitBits = (int)Wait.Any;
    private const int Parked = WaitBits + 1;
    private const int OneWait = 2 * Parked;

    private int _state;

    /// <summary>Whether someone sleeps for <paramref name="news"/>, and in which wait. Ask only after a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsArmedFor(Wait news, out int wait)
    {
        wait = Volatile.Read(ref _state);
        return (wait & (int)news) != 0;
    }

    /// <summary>
    /// Ends that very wait. Between <see cref="IsArmedFor"/> and a success here the sleeper has not stirred, but to park, so what the caller has seen
    /// of the sleeper's cursor in between still holds: this is how a wake-up for news that were already taken is avoided.
    /// </summary>
    public bool Wake(int wait)
    {
        int state = wait;
        do
        {
            int seen = Interlocked.CompareExchange(ref _state, Left(state), state);
            if (seen == state)
            {
                if ((state & Parked) != 0)
                {
                    OnWokenParked();
                }
                else
                {
                    OnWoken();
                }

                return true;
            }

            state = seen;
        }
        while ((state ^ wait) == Parked); // it has parked meanwhile: it is the same wait
        return false;
    }

    /// <summary>Wakes the sleeper if it sleeps for <paramref name="news"/>; any thread may call it, at any time.</summary>
    public void Wake(Wait news)
    {
        if (IsArmedFor(news, out int wait))
        {
            Wake(wait);
        }
    }

    /// <summary>Announces a wait. Owner only; the owner must look again before it sleeps.</summary>
    protected void Announce(Wait news)
    {
        Debug.Assert((_state & (WaitBits | Parked)) == 0, "A wait was announced while one is under way.");
        Interlocked.Exchange(ref _state, _state | (int)news);
    }

    /// <summary>Takes the announcement back. False: another got there first and completes the wait.</summary>
    protected bool TryWithdraw()
    {
        int state = Volatile.Read(ref _state);
        return (state & WaitBits) != 0 && TryLeave(state);
    }

    /// <summary>The announced wait begins: from here on the owner does not execute, and must touch nothing that is its own. False: the wait has ended, and it
    /// goes on.</summary>
    protected bool TryPark()
    {
        int state = Volatile.Read(ref _state);
        return (state & WaitBits) != 0 && Interlocked.CompareExchange(ref _state, state | Parked, state) == state;
    }

    protected int State => Volatile.Read(ref _state);

    protected static bool IsArmed(int state) => (state & WaitBits) != 0;

    /// <summary>Whether the owner sleeps, and is on no thread.</summary>
    protected bool IsParked => (Volatile.Read(ref _state) & Parked) != 0;

    /// <summary>What it sleeps for, if it does.</summary>
    protected Wait WaitsFor => (Wait)(Volatile.Read(ref _state) & WaitBits);

    protected bool TryLeave(int state) => Interlocked.CompareExchange(ref _state, Left(state), state) == state;

    private static int Left(int state) => unchecked((state & ~(WaitBits | Parked)) + OneWait);

    /// <summary>Runs on the thread of the waker that won; it must not run foreign code.</summary>
    protected abstract void OnWoken();

    /// <summary>The same when the owner had parked.</summary>
    protected virtual void OnWokenParked() => OnWoken();
}

using System.Runtime.CompilerServices;

namespace Pipelines.Channels;

/// <summary>Whoever sleeps on one side of a <see cref="Ring{T}"/> and what for.</summary>
/// <remarks>
/// The state is one word: the low bits are what is waited for (<see cref="Wait"/>), the rest counts the waits.
/// <list type="bullet">
/// <item><b>Idle</b> (none of them). Only the owner leaves it, by <see cref="Announce"/>.</item>
/// <item><b>Armed</b> (any bit set). Left exactly once, by whoever wins the compare-and-swap: the owner that finds on a
/// second look that it need not sleep, the other side that has news, a cancellation, or an abort.</item>
/// </list>
/// The winner alone completes the wait, and the count makes a late loser of an earlier wait lose this one too. Sleeping is
/// the classic announce-fence-look again: <see cref="Announce"/> is a full fence, and so is every publication of the other
/// side, so that one of the two must see the other.
/// </remarks>
internal abstract class Waiter
{
    private const int WaitBits = (int)Wait.Any;
    private const int OneWait = WaitBits + 1;

    private int _state;

    /// <summary>Whether someone sleeps for <paramref name="news"/>, and in which wait. Ask only after a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsArmedFor(Wait news, out int wait)
    {
        wait = Volatile.Read(ref _state);
        return (wait & (int)news) != 0;
    }

    /// <summary>
    /// Ends that very wait. Between <see cref="IsArmedFor"/> and a success here the sleeper has not stirred, so what the caller has seen
    /// of the sleeper's cursor in between still holds: this is how a wake-up for news that were already taken is avoided.
    /// </summary>
    public bool Wake(int wait)
    {
        if (!TryLeave(wait))
        {
            return false;
        }

        OnWoken();
        return true;
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
        Debug.Assert((_state & WaitBits) == 0, "A wait was announced while one is under way.");
        Interlocked.Exchange(ref _state, _state | (int)news);
    }

    /// <summary>Takes the announcement back. False: another got there first and completes the wait.</summary>
    protected bool TryWithdraw()
    {
        int state = Volatile.Read(ref _state);
        return (state & WaitBits) != 0 && TryLeave(state);
    }

    protected int State => Volatile.Read(ref _state);

    protected static bool IsArmed(int state) => (state & WaitBits) != 0;

    protected bool TryLeave(int state) =>
        Interlocked.CompareExchange(ref _state, unchecked((state & ~WaitBits) + OneWait), state) == state;

    /// <summary>Runs on the thread of the waker that won; it must not run foreign code.</summary>
    protected abstract void OnWoken();
}

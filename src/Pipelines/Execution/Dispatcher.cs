using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Decides which worker of a pool works on what, and who sleeps.</summary>
/// <remarks>
/// <para>All of it under the pool's gate, but for the items that are handed out (<see cref="TryTake"/>) and the note that the window is full. It schedules
/// nothing and calls nobody: whom to wake is what its methods return, to be done behind the gate.</para>
/// <para>A worker that finds nothing to claim lies down. It is woken by another worker that leaves items behind (each wakes one more, so that no more wake up
/// than there is work for), or by the link's doorbell, which is armed whenever the link was found empty while there are hands free.</para>
/// <para>How many workers there should be may change. While more are awake than that, the next one that comes to claim lies down, and items that are handed
/// out are taken at the gate only. Nobody is woken beyond it: whoever is awake comes to claim before he lies down, and calls for help then.</para>
/// <para>Who finds the window full notes so, passes a fence and looks at its head again; who passes on moves the head, passes a fence and looks at the note.
/// Modelled in test/Models (BatonModel).</para>
/// </remarks>
internal sealed class Dispatcher<TIn, TOut>(PoolIsland<TIn, TOut> pool, Ring<TIn> link, ReorderWindow<TOut> window, Crew crew, bool handsOut)
{
    private readonly ClaimQueue<TIn> _claims = new(link, window.Size, handsOut);
    private bool _windowFull;

    // Workers that were sent home because there are more than there should be, and may be counted as awake still.
    private int _goingHome;

    /// <summary>Whether nothing more is claimed.</summary>
    public bool IsClosed => _claims.IsClosed;

    /// <summary>How many items have been claimed.</summary>
    public long Claimed => _claims.Claimed;

    /// <summary>Whether somebody found the window full. Any thread, behind a fence behind the last move of its head.</summary>
    public bool WasWindowFull => Volatile.Read(ref _windowFull);

    /// <inheritdoc cref="ClaimQueue{TIn}.TryTake"/>
    public bool TryTake([MaybeNullWhen(false)] out TIn item, out long place) => _claims.TryTake(out item, out place);

    /// <summary>The next run of items for a worker. 0: it has lain down. Negative: there will be no more.</summary>
    public int Claim(PoolWorker<TIn, TOut> worker)
    {
        bool isSurplus = HasSurplus;
        int count = isSurplus ? SendAway() : TryClaim(worker);
        worker.OwesTurn = link.HasJustWokenWriter();
        if (count == 0)
        {
            worker.LiesFor = link.HasItems && InWindow >= window.Size && !isSurplus ? Wait.Room : Wait.Input;
            crew.LieDown(worker);
        }

        if (isSurplus)
        {
            _claims.HasSurplus(HasSurplus);
        }

        return count;
    }

    /// <summary>More items for a worker that has some under way, which may still come back. It does not lie down. 0: there is nothing at the moment. Negative:
    /// nothing is claimed from the link any more.</summary>
    public int ClaimMore(PoolWorker<TIn, TOut> worker)
    {
        int count = TryClaim(worker, hasMore: true);
        worker.OwesTurn |= link.HasJustWokenWriter();
        return count;
    }

    /// <summary>There are to be more workers, or fewer.</summary>
    public void LimitChanged() => _claims.HasSurplus(HasSurplus);

    /// <summary>Whether somebody might find something to claim, now or later.</summary>
    public bool MayHaveMore => _claims.HasClaimed || (!_claims.IsClosed && !link.IsDrained);

    /// <summary>Items that a worker has claimed and others may work on.</summary>
    public void Return(long place, ReadOnlySpan<TIn> items) => _claims.Return(place, items);

    /// <summary>Nothing is claimed any more from that place on. All who sleep are to be woken, to see it.</summary>
    public void Close(long endsAt, Action<TIn> giveUp) => _claims.Close(endsAt, giveUp);

    /// <summary>When everything has stopped: what was claimed and nobody has taken.</summary>
    public void Abandon(Action<TIn> giveUp) => _claims.Abandon(giveUp);

    /// <summary>There is room in the window again.</summary>
    public PoolWorker? CallForRoom()
    {
        _windowFull = false;
        return CallForHelp();
    }

    /// <summary>Finds one more worker, asleep or new, if there is work for it, or sees to it that the link rings when there is.</summary>
    public PoolWorker? CallForHelp()
    {
        while (!_claims.IsClosed && crew.Awake < pool.Parallelism && (crew.HasSleepers || crew.Made < pool.Parallelism))
        {
            if (_claims.HasClaimed)
            {
                return pool.OneMore();
            }

            if (IsWindowFull())
            {
                return null; // who passes on calls again
            }

            if (link.HasItems)
            {
                return pool.OneMore();
            }

            if (link.IsDrained)
            {
                // The stream may have ended behind the back of the worker that has just lain down. While one is awake, that one finds out.
                if (crew.Awake == 0)
                {
                    pool.CloseUnderGate(long.MaxValue);
                }

                return null;
            }

            if (pool.Doorbell.IsSet)
            {
                return null;
            }

            pool.Doorbell.Set();
            if ((!link.HasItems && !link.IsClosed) || !pool.Doorbell.TryUnset())
            {
                return null;
            }
        }

        return null;
    }

    private bool HasSurplus => crew.Awake - _goingHome > pool.Parallelism;

    // One worker more than there should be: it lies down. Where nothing more is claimed it goes home instead: those who stay do what was returned.
    private int SendAway()
    {
        if (!_claims.IsClosed)
        {
            return 0;
        }

        _goingHome++;
        return -1;
    }

    private int TryClaim(PoolWorker<TIn, TOut> worker, bool hasMore = false)
    {
        int longest = link.WaitsIn is null ? worker.Wanted : 1;
        if (_claims.TakeReturned(worker, longest) is var returned && returned > 0)
        {
            return returned;
        }

        if (_claims.IsClosed)
        {
            return -1;
        }

        if (_claims.TakeHandedOut(worker))
        {
            return 1;
        }

        if (!link.HasItems)
        {
            // What another has in hand may still be returned in part: as long as one is awake, it is too early to go home.
            if (!hasMore && link.IsDrained && crew.Awake == 1)
            {
                pool.CloseUnderGate(long.MaxValue);
                return -1;
            }

            return 0;
        }

        if (IsWindowFull())
        {
            return 0;
        }

        long room = window.Size - InWindow;
        if (longest == 1 && _claims.TakeOneAndHandOut(worker, room))
        {
            return 1;
        }

        // No more than a fair share of what is there: so a burst is spread, and the tail of the input is balanced.
        // Not of what is done in some microseconds: there is nothing to balance, and a producer that has just begun to fill the link would be met with tiny
        // runs.
        int share = worker.IsQuick ? int.MaxValue : (link.Count + pool.Parallelism - 1) / pool.Parallelism;
        int wanted = (int)Math.Min(Math.Min(longest, room), Math.Max(1, share));
        return _claims.TakeFromLink(worker, wanted);
    }

    private bool IsWindowFull()
    {
        if (InWindow < window.Size)
        {
            return false;
        }

        Volatile.Write(ref _windowFull, true);
        Interlocked.MemoryBarrier(); // the note before another look at the head; pairs with who passes on
        return InWindow >= window.Size;
    }

    // How many items have been claimed and not passed on.
    private long InWindow => _claims.Claimed - window.Head;
}

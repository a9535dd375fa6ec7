using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>What a pool's workers take their items from: runs that were returned, items that are handed out, the link; and where it ends.</summary>
/// <remarks>
/// <para>Under the pool's gate, all of it but <see cref="TryTake"/>. A claim takes items off the link and gives each a place, in input order.</para>
/// <para>While items are pending when their delegate returns, a worker has one at a time. Then claimed items are handed out (<see cref="HandOut{T}"/>), and
/// only the
/// worker that finds nothing there passes the gate.</para>
/// <para>Invariants: places below <see cref="Claimed"/> were given away once each. What was returned is from before anything that is handed out, and that
/// from before anything that is claimed
/// later; so who takes in this order never lets the head wait behind the tail. When it is closed, no place from <see cref="EndsAt"/> on is given away.</para>
/// </remarks>
internal sealed class ClaimQueue<TIn>
{
    private const int LargestHandOut = 32;

    private readonly PriorityQueue<Returned, long> _returned = new();
    private readonly HandOut<TIn>? _handOut;
    private readonly Ring<TIn> _link;
    private volatile int _atGate; // not zero: there are runs above, or workers to spare, and everybody is to pass the gate
    private bool _hasSurplus;

    public ClaimQueue(Ring<TIn> link, int window, bool handsOut)
    {
        _link = link;
        _handOut = handsOut ? new HandOut<TIn>(Math.Min(window, LargestHandOut)) : null;
    }

    /// <summary>How many places have been given away.</summary>
    public long Claimed { get; private set; }

    /// <summary>No more is claimed from the link.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Places from here on need not be worked on: one before them has failed, or the run is over.</summary>
    public long EndsAt { get; private set; } = long.MaxValue;

    /// <summary>Whether there is something that needs no room in the window.</summary>
    public bool HasClaimed => _returned.Count > 0 || _handOut is { HasItems: true };

    /// <summary>Takes one item without passing the gate. Not as the first thing of a worker that was started or woken: at the gate it wakes the next
    /// one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out TIn item, out long place)
    {
        // Runs that were returned come first: what stands in them is from before anything that is handed out.
        if (_atGate == 0)
        {
            return _handOut!.TryTake(out item, out place);
        }

        (item, place) = (default, 0);
        return false;
    }

    /// <summary>More workers are awake than there should be, or no more: then each is to pass the gate before it takes anything.</summary>
    public void HasSurplus(bool hasSurplus)
    {
        _hasSurplus = hasSurplus;
        Count();
    }

    /// <summary>Takes a run that was returned, or a part of it. Before the look whether claims are closed: what stands before a failed item has yet to get
    /// through.</summary>
    public int TakeReturned(IClaims<TIn> worker, int wanted)
    {
        if (!_returned.TryPeek(out Returned returned, out _) || returned.Place >= EndsAt)
        {
            return 0;
        }

        _returned.Dequeue();
        int taken = (int)Math.Min(Math.Min(returned.Items.Length, Math.Max(1, wanted)), EndsAt - returned.Place);
        worker.Take(returned.Place, returned.Items.Span[..taken]);
        if (taken < returned.Items.Length)
        {
            _returned.Enqueue(new Returned(returned.Place + taken, returned.Items[taken..]), returned.Place + taken);
        }

        Count();
        return taken;
    }

    /// <summary>Takes one item that is handed out.</summary>
    public bool TakeHandedOut(IClaims<TIn> worker)
    {
        if (_handOut is null || !_handOut.TryTake(out TIn? item, out long place))
        {
            return false;
        }

        worker.Take(place, [item]);
        return true;
    }

    /// <summary>Takes a run off the link.</summary>
    public int TakeFromLink(IClaims<TIn> worker, int wanted)
    {
        int count = worker.Take(Claimed, _link, wanted);
        Claimed += count;
        return count;
    }

    /// <summary>Takes one item off the link and hands out those behind it, as far as there is room for them in the window.</summary>
    public bool TakeOneAndHandOut(IClaims<TIn> worker, long room)
    {
        if (_handOut is null || !_link.TryRead(out TIn? first))
        {
            return false;
        }

        worker.Take(Claimed++, [first]);
        room--;

        // Others may take what is added before the claim is counted: whoever looks at the count does so under the gate. What may still be dropped is left
        // where that can be done.
        while (room > 0 && _link.WaitsIn is null && _link.Items is { IsEmpty: false } items)
        {
            int added = _handOut.Add(items[..(int)Math.Min(items.Length, room)], Claimed);
            if (added == 0)
            {
                break;
            }

            _link.Release(added);
            Claimed += added;
            room -= added;
        }

        return true;
    }

    /// <summary>The rest of a run, whose worker waits for a pending item or whose work has become slow, is there for others.</summary>
    public void Return(long place, ReadOnlySpan<TIn> items)
    {
        _returned.Enqueue(new Returned(place, items.ToArray()), place);
        Count();
    }

    /// <summary>Nothing from that place on is worked on any more. What is handed out comes back: it was claimed behind everything that anybody has in
    /// hand.</summary>
    public void Close(long endsAt, Action<TIn> giveUp)
    {
        IsClosed = true;
        EndsAt = Math.Min(EndsAt, endsAt);
        while (_handOut is not null && _handOut.TryTake(out TIn? item, out _))
        {
            giveUp(item);
        }
    }

    /// <summary>When everything has stopped: what was returned and nobody has taken.</summary>
    public void Abandon(Action<TIn> giveUp)
    {
        while (_returned.TryDequeue(out Returned returned, out _))
        {
            foreach (TIn item in returned.Items.Span)
            {
                giveUp(item);
            }
        }
    }

    private void Count() => _atGate = _returned.Count + (_hasSurplus ? 1 : 0);

    private readonly record struct Returned(long Place, ReadOnlyMemory<TIn> Items);
}

/// <summary>Who takes items of a <see cref="ClaimQueue{TIn}"/>.</summary>
internal interface IClaims<TIn>
{
    /// <summary>Takes these.</summary>
    void Take(long place, ReadOnlySpan<TIn> items);

    /// <summary>Takes as many as wanted, if there are so many, off the link.</summary>
    int Take(long place, Ring<TIn> link, int wanted);
}

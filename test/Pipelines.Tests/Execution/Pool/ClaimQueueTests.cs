using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines.Tests.Execution.Pool;

/// <summary>Every item of the link is given away once, with its place in input order, and what was returned comes before anything newer.</summary>
public sealed class ClaimQueueTests
{
    private const int Items = 4;

    // Every sequence of: take from the link (one or two), take one and hand out, take what is handed out or was returned, return a part of what one has.
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 4)]
    [InlineData(true, 1)]
    [InlineData(true, 4)]
    public void Claims_InEverySequence_GiveEachItemAwayOnceInOrder(bool handsOut, int window)
    {
        int paths = EveryPath.Walk(choices => new Story(handsOut, window, choices).Tell());

        Assert.True(paths > 10);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(long.MaxValue, 4)]
    public void Close_FromAPlaceOn_NothingBehindItIsTaken(long endsAt, int taken)
    {
        Ring<int> link = Link();
        var claims = new ClaimQueue<int>(link, Items, handsOut: false);
        var worker = new Hands();
        claims.TakeFromLink(worker, Items);
        claims.Return(0, worker.Items);
        List<int> given = [];

        claims.Close(endsAt, given.Add);
        claims.Close(long.MaxValue, given.Add); // a later one does not open it again

        Assert.True(claims.IsClosed);
        Assert.Equal(Math.Min(endsAt, long.MaxValue), claims.EndsAt);
        List<int> all = [];
        while (claims.TakeReturned(worker, 2) > 0)
        {
            all.AddRange(worker.Items);
        }

        Assert.Equal(Enumerable.Range(0, taken), all);
        Assert.Equal(taken < Items, claims.HasClaimed); // what stands behind the end is given back with the rest
        claims.Abandon(given.Add);
        Assert.Equal(Enumerable.Range(taken, Items - taken), given);
        Assert.False(claims.HasClaimed);
    }

    [Fact]
    public void Close_WhatIsHandedOut_ComesBack()
    {
        Ring<int> link = Link();
        var claims = new ClaimQueue<int>(link, Items, handsOut: true);
        var worker = new Hands();
        Assert.True(claims.TakeOneAndHandOut(worker, room: 3));
        Assert.Equal(3, claims.Claimed);
        Assert.True(claims.HasClaimed);
        List<int> given = [];

        claims.Close(0, given.Add);

        Assert.Equal([1, 2], given);
        Assert.False(claims.HasClaimed);
        Assert.False(claims.TryTake(out _, out _));
    }

    [Fact]
    public void TryTake_WhileARunWasReturned_LeavesTheGateToIt()
    {
        Ring<int> link = Link();
        var claims = new ClaimQueue<int>(link, Items, handsOut: true);
        var worker = new Hands();
        claims.TakeFromLink(worker, 2);
        Assert.True(claims.TakeOneAndHandOut(new Hands(), room: 3));
        claims.Return(0, worker.Items);

        Assert.False(claims.TryTake(out _, out _)); // from behind what was returned
        Assert.Equal(1, claims.TakeReturned(worker, 1));
        Assert.Equal((0, 0), (worker.Items[0], worker.Place));
        Assert.False(claims.TryTake(out _, out _));
        Assert.Equal(1, claims.TakeReturned(worker, 0)); // one at the least
        Assert.Equal((1, 1), (worker.Items[0], worker.Place));
        Assert.True(claims.TryTake(out int item, out long place));
        Assert.Equal((3, 3), (item, place));
    }

    [Fact]
    public void TakeOneAndHandOut_OfAnEmptyLinkOrWithoutHandingOut_TakesNothing()
    {
        Assert.False(new ClaimQueue<int>(new Ring<int>(4), 4, handsOut: true).TakeOneAndHandOut(new Hands(), room: 4));
        Assert.False(new ClaimQueue<int>(Link(), 4, handsOut: false).TakeOneAndHandOut(new Hands(), room: 4));
        Assert.False(new ClaimQueue<int>(Link(), 4, handsOut: false).TakeHandedOut(new Hands()));
    }

    private static Ring<int> Link()
    {
        var link = new Ring<int>(8);
        Assert.Equal(Items, link.TryWriteMany([.. Enumerable.Range(0, Items)]));
        return link;
    }

    private sealed class Hands : IClaims<int>
    {
        public int[] Items { get; private set; } = [];

        public long Place { get; private set; }

        public void Take(long place, ReadOnlySpan<int> items) => (Place, Items) = (place, items.ToArray());

        public int Take(long place, Ring<int> link, int wanted)
        {
            int[] items = new int[wanted];
            int count = link.TryReadMany(items);
            (Place, Items) = (place, items[..count]);
            return count;
        }
    }

    private sealed class Story(bool handsOut, int window, EveryPath choices)
    {
        private readonly Ring<int> _link = Link();
        private readonly List<(long Place, int[] Items)> _inHand = [];
        private readonly bool[] _done = new bool[Items];
        private int _returns = 1;

        public void Tell()
        {
            var claims = new ClaimQueue<int>(_link, window, handsOut);
            while (Array.IndexOf(_done, false) >= 0)
            {
                Step(claims);
            }

            Assert.Equal(Items, claims.Claimed);
            Assert.False(claims.HasClaimed);
            Assert.False(_link.HasItems);
        }

        private void Step(ClaimQueue<int> claims)
        {
            // Whoever has something in hand works on it, returns its end, or has somebody else claim first.
            int option = choices.Choose(_inHand.Count > 0 ? 3 : 1);
            if (option == 0 || _inHand.Count == 0)
            {
                Claim(claims);
            }
            else
            {
                (long place, int[] items) = _inHand[0];
                _inHand.RemoveAt(0);
                int kept = option == 2 && _returns-- > 0 ? items.Length - 1 : items.Length;
                Assert.All(items[..kept], item => Done(item));
                if (kept < items.Length)
                {
                    claims.Return(place + kept, items.AsSpan(kept));
                    Assert.True(claims.HasClaimed);
                }
            }
        }

        private void Claim(ClaimQueue<int> claims)
        {
            var hands = new Hands();
            int wanted = 1 + choices.Choose(2);
            if (claims.TakeReturned(hands, wanted) is var returned && returned > 0)
            {
                Assert.Equal(returned, hands.Items.Length);
                Assert.True(returned <= wanted);
            }
            else if (claims.TryTake(out int item, out long at, handsOut))
            {
                hands.Take(at, [item]);
            }
            else if (wanted > 1 || !claims.TakeOneAndHandOut(hands, room: window))
            {
                long claimed = claims.Claimed;
                int count = claims.TakeFromLink(hands, wanted);
                Assert.Equal(claimed + count, claims.Claimed);
                Assert.Equal(count, hands.Items.Length);
            }

            // Places are those of input order.
            Assert.Equal(hands.Items, Enumerable.Range((int)hands.Place, hands.Items.Length));
            if (hands.Items.Length > 0)
            {
                _inHand.Add((hands.Place, hands.Items));
            }
            else if (_inHand.Count > 0)
            {
                (_, int[] items) = _inHand[0]; // nothing left to claim: work goes on
                _inHand.RemoveAt(0);
                Assert.All(items, rest => Done(rest));
            }
        }

        private void Done(int item)
        {
            Assert.False(_done[item], $"Item {item} was given away twice.");
            _done[item] = true;
        }
    }
}

internal static class ClaimQueueExtensions
{
    /// <summary>Only a queue that hands out is asked past the gate.</summary>
    public static bool TryTake(this ClaimQueue<int> claims, out int item, out long place, bool handsOut)
    {
        (item, place) = (0, 0);
        return handsOut && claims.TryTake(out item, out place);
    }
}

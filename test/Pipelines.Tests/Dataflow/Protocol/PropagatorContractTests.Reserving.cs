using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

// A message that nobody has accepted: who may have it, and when it is offered again.
public abstract partial class PropagatorContractTests
{
    [Fact]
    public virtual async Task ConsumeMessage_Postponed_IsGivenOnceAndTheNextIsOffered()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();

        Assert.Equal(0, await target.ConsumeAsync(offer));
        Assert.False(target.Consume(offer, out _));
        Offer next = await target.NextAsync();
        Assert.Equal(1, next.Item);
        Assert.Equal(1, await target.ConsumeAsync(next));
        block.Complete();
        await block.Completion.InTime();
    }

    [Fact]
    public virtual async Task ConsumeMessage_AnotherMessage_IsNotGiven()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();

        Assert.False(target.Consume(offer with { Header = new DataflowMessageHeader(offer.Header.Id + 1000) }, out _));
        Assert.Equal([0, 1], await ReceiveAsync(block, 2));
    }

    [Fact]
    public virtual async Task ConsumeMessage_BadArguments_AreRefused()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();

        Assert.Throws<ArgumentException>(() => block.ConsumeMessage(default, target, out _));
        Assert.Throws<ArgumentNullException>("target", () => block.ConsumeMessage(offer.Header, null!, out _));
        Assert.Throws<ArgumentException>(() => { block.ReserveMessage(default, target); });
        Assert.Throws<ArgumentNullException>("target", () => { block.ReserveMessage(offer.Header, null!); });
        Assert.Throws<ArgumentException>(() => block.ReleaseReservation(default, target));
        Assert.Throws<ArgumentNullException>("target", () => block.ReleaseReservation(offer.Header, null!));
    }

    [Fact]
    public virtual async Task ReserveMessage_Postponed_IsForThatTargetAlone()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();
        var other = new HandTarget();
        offer = await ReserveAsync(target, offer);

        Assert.False(block.ReserveMessage(offer.Header, other));
        Assert.False(((IReceivableSourceBlock<int>)block).TryReceive(out _));
        Assert.True(target.Consume(offer, out int item));
        Assert.Equal(0, item);
        Assert.Equal([1], await ReceiveAsync(block, 1));
    }

    [Fact]
    public virtual async Task ReserveMessage_AnotherMessage_IsNot()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();

        Assert.False(block.ReserveMessage(new DataflowMessageHeader(offer.Header.Id + 1000), target));
        Assert.Equal([0, 1], await ReceiveAsync(block, 2));
    }

    [Fact]
    public virtual async Task ReserveMessage_Reserved_IsNotOfferedToANewLinkUntilLetGo()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();
        offer = await ReserveAsync(target, offer);
        var other = new HandTarget();
        block.LinkTo(other, Propagate);
        Assert.Equal(0, other.Count);
        target.Answer = _ => DataflowMessageStatus.Declined;
        block.ReleaseReservation(offer.Header, target);

        Assert.Equal([0, 1], await other.NextAsync(2));
        block.Complete();
        await other.End.InTime();
    }

    [Fact]
    public virtual async Task ReleaseReservation_OfTheOnlyTarget_IsOfferedItAgain()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();
        offer = await ReserveAsync(target, offer);
        target.Answer = _ => DataflowMessageStatus.Accepted;
        block.ReleaseReservation(offer.Header, target);

        Assert.Equal([0, 1], await target.NextAsync(2));
    }

    [Fact]
    public virtual async Task ReleaseReservation_WithoutOne_IsRefused()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();

        Assert.Throws<InvalidOperationException>(() => block.ReleaseReservation(offer.Header, target));
        offer = await ReserveAsync(target, offer);
        Assert.Throws<InvalidOperationException>(() => block.ReleaseReservation(offer.Header, new HandTarget()));
        Assert.True(target.Consume(offer, out _));
    }

    [Fact]
    public virtual async Task ReserveMessage_WhileItIsOffered_IsReservedAndNotOfferedAgain()
    {
        IPropagatorBlock<int, int> block = Create();
        var reserved = new TaskCompletionSource<Offer>(TaskCreationOptions.RunContinuationsAsynchronously);
        HandTarget target = new();
        target.Answer = offer =>
        {
            if (offer.Source!.ReserveMessage(offer.Header, target))
            {
                reserved.TrySetResult(offer);
            }

            return DataflowMessageStatus.Postponed;
        };
        var other = new HandTarget();
        block.LinkTo(target, Keep);
        block.LinkTo(other, Keep);
        await SendAsync(block, 1);
        Offer offer = await reserved.Task.InTime();
        Assert.Equal(0, await target.ConsumeAsync(offer));

        Assert.Equal((1, 0), (target.Count, other.Count));
        block.Complete();
        await block.Completion.InTime();
    }

    [Fact]
    public virtual async Task ConsumeMessage_WhileItIsOffered_IsGivenOnce()
    {
        IPropagatorBlock<int, int> block = Create();
        List<int> consumed = [];
        HandTarget target = new();
        target.Answer = offer =>
        {
            if (target.Consume(offer, out int item))
            {
                consumed.Add(item);
            }

            return DataflowMessageStatus.Accepted;
        };
        block.LinkTo(target, Propagate);
        await SendAsync(block, Many);
        block.Complete();
        Assert.Null(await target.End.InTime());

        Assert.Equal(Enumerable.Range(0, Many), consumed);
        Assert.Equal(Many, target.Count);
    }

    [Fact]
    public virtual async Task ReleaseReservation_WhileItIsOffered_GoesToTheNextLink()
    {
        IPropagatorBlock<int, int> block = Create();
        HandTarget target = new();
        target.Answer = offer =>
        {
            Assert.True(offer.Source!.ReserveMessage(offer.Header, target));
            offer.Source.ReleaseReservation(offer.Header, target);
            return DataflowMessageStatus.Declined;
        };
        block.LinkTo(target, Keep);
        await SendAsync(block, 1);
        await target.NextAsync();
        var other = new HandTarget();
        block.LinkTo(other, Keep);

        Assert.Equal(0, (await other.NextAsync()).Item);
        Assert.InRange(target.Count, 1, 2);
        block.Complete();
        await block.Completion.InTime();
    }

    [Fact]
    public virtual async Task TryReceive_WithAFilter_TakesTheFirstOrLeavesIt()
    {
        (IPropagatorBlock<int, int> block, _, _) = await PostponedAsync();
        var receivable = (IReceivableSourceBlock<int>)block;
        Assert.False(receivable.TryReceive(x => x == 7, out _));

        Assert.True(receivable.TryReceive(x => x == 0, out int item));
        Assert.Equal(0, item);
        Assert.Equal([1], await ReceiveAsync(block, 1));
    }

    [Fact]
    public virtual async Task Join_TwoBlocksAndOneThatIsNotGreedy_TakesFromBothOrNone()
    {
        (IPropagatorBlock<int, int> first, IPropagatorBlock<int, int> second) = (Create(), Create());
        var join = new JoinBlock<int, int>(new GroupingDataflowBlockOptions { Greedy = false });
        first.LinkTo(join.Target1, Propagate);
        second.LinkTo(join.Target2, Propagate);
        await SendAsync(first, 30);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(await second.SendAsync(100 + i));
            Assert.Equal(Tuple.Create(i, 100 + i), await join.ReceiveAsync(InTimeExtensions.Limit));
        }

        // It has reserved and let go of the rest in turn, and none is gone.
        Assert.Equal(Enumerable.Range(20, 10), await ReceiveAsync(first, 10));
    }

    // Two items inside; the first was offered and postponed.
    private async Task<(IPropagatorBlock<int, int> Block, HandTarget Target, Offer Offer)> PostponedAsync()
    {
        IPropagatorBlock<int, int> block = Create();
        HandTarget target = HandTarget.That(DataflowMessageStatus.Postponed);
        block.LinkTo(target, Keep);
        await SendAsync(block, 2);
        return (block, target, await target.NextAsync());
    }

    private static async Task<Offer> ReserveAsync(HandTarget target, Offer offer)
    {
        while (!offer.Source!.ReserveMessage(offer.Header, target))
        {
            offer = await target.NextAsync(); // told no because the offer was still under way: then it comes again
        }

        return offer;
    }
}

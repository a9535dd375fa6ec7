using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

// The block as a source: whom it offers to, in which order, and for how long.
public abstract partial class PropagatorContractTests
{
    [Fact]
    public virtual void LinkTo_Null_IsRefused()
    {
        IPropagatorBlock<int, int> block = Create();

        Assert.Throws<ArgumentNullException>("target", () => block.LinkTo(null!, Keep));
        Assert.Throws<ArgumentNullException>("linkOptions", () => block.LinkTo(new HandTarget(), null!));
    }

    [Fact]
    public virtual async Task LinkTo_TargetThatAccepts_GetsEverythingInOrderFromTheBlock()
    {
        IPropagatorBlock<int, int> block = Create();
        var target = new HandTarget();
        block.LinkTo(target, Keep);
        await SendAsync(block, 3);

        Offer[] offers = [await target.NextAsync(), await target.NextAsync(), await target.NextAsync()];
        Assert.Equal([0, 1, 2], offers.Select(offer => offer.Item));
        Assert.All(offers, offer => Assert.Same(block, offer.Source));
        Assert.All(offers, offer => Assert.True(offer.Header.IsValid));
        Assert.Equal(3, offers.Select(offer => offer.Header).Distinct().Count());
    }

    [Fact]
    public virtual async Task LinkTo_FirstDeclines_TheNextIsOffered()
    {
        IPropagatorBlock<int, int> block = Create();
        HandTarget first = HandTarget.That(DataflowMessageStatus.Declined);
        var second = new HandTarget();
        block.LinkTo(first, Keep);
        block.LinkTo(second, Keep);
        await SendAsync(block, 3);

        Assert.Equal([0, 1, 2], await second.NextAsync(3));
        Assert.Equal([0, 1, 2], await first.NextAsync(3));
    }

    [Fact]
    public virtual async Task LinkTo_FirstPostpones_TheNextIsOffered()
    {
        IPropagatorBlock<int, int> block = Create();
        HandTarget first = HandTarget.That(DataflowMessageStatus.Postponed);
        var second = new HandTarget();
        block.LinkTo(first, Keep);
        block.LinkTo(second, Keep);
        await SendAsync(block, 1);

        Assert.Equal([0], await second.NextAsync(1));
        Offer late = await first.NextAsync();
        block.Complete();
        await block.Completion.InTime();
        Assert.False(first.Consume(late, out _));
    }

    [Fact]
    public virtual async Task LinkTo_AllDecline_AnotherLinkIsOfferedIt()
    {
        IPropagatorBlock<int, int> block = Create();
        HandTarget first = HandTarget.That(DataflowMessageStatus.Declined);
        block.LinkTo(first, Keep);
        await SendAsync(block, 2);
        await first.NextAsync();
        var second = new HandTarget();
        block.LinkTo(second, Keep);

        Assert.Equal([0, 1], await second.NextAsync(2));
    }

    [Fact]
    public virtual async Task LinkTo_DeclinesForGood_IsNotOfferedAgain()
    {
        IPropagatorBlock<int, int> block = Create();
        HandTarget first = HandTarget.That(DataflowMessageStatus.DecliningPermanently);
        var second = new HandTarget();
        block.LinkTo(first, Propagate);
        block.LinkTo(second, Propagate);
        await SendAsync(block, 3);
        block.Complete();

        Assert.Null(await second.End.InTime());
        Assert.Equal((1, 3), (first.Count, second.Count));
    }

    [Fact]
    public virtual async Task LinkTo_NotAppended_ComesFirst()
    {
        IPropagatorBlock<int, int> block = Create();
        var first = new HandTarget();
        var second = new HandTarget();
        block.LinkTo(first, Propagate);
        block.LinkTo(second, new DataflowLinkOptions { Append = false });
        await SendAsync(block, 3);
        block.Complete();
        await first.End.InTime();

        Assert.Equal((0, 3), (first.Count, second.Count));
    }

    [Fact]
    public virtual async Task LinkTo_AFewMessagesOnly_LeavesTheRestToOthers()
    {
        IPropagatorBlock<int, int> block = Create();
        var first = new HandTarget();
        var second = new HandTarget();
        block.LinkTo(first, new DataflowLinkOptions { MaxMessages = 2, PropagateCompletion = true });
        block.LinkTo(second, Propagate);
        await SendAsync(block, 5);
        block.Complete();
        await second.End.InTime();

        Assert.Equal([0, 1], await first.NextAsync(2));
        Assert.Equal([2, 3, 4], await second.NextAsync(3));
        Assert.Equal((2, 3), (first.Count, second.Count));
    }

    [Fact]
    public virtual async Task LinkTo_WithAPredicate_TakesWhatMatches()
    {
        IPropagatorBlock<int, int> block = Create();
        var even = new HandTarget();
        var odd = new HandTarget();
        block.LinkTo(even, Propagate, x => x % 2 == 0);
        block.LinkTo(odd, Propagate, x => x % 2 == 1);
        await SendAsync(block, 4);
        block.Complete();
        await Task.WhenAll(even.End, odd.End).InTime();

        Assert.Equal([0, 2], await even.NextAsync(2));
        Assert.Equal([1, 3], await odd.NextAsync(2));
    }

    [Fact]
    public virtual async Task LinkTo_Disposed_IsNotOfferedAgainNorTold()
    {
        IPropagatorBlock<int, int> block = Create();
        var first = new HandTarget();
        var second = new HandTarget();
        IDisposable link = block.LinkTo(first, Propagate);
        await SendAsync(block, 1);
        await first.NextAsync();
        link.Dispose();
        link.Dispose();
        block.LinkTo(second, Propagate);
        await SendAsync(block, 1);
        block.Complete();
        await second.End.InTime();

        Assert.Equal((1, 1), (first.Count, second.Count));
        Assert.False(first.End.IsCompleted);
    }

    [Fact]
    public virtual async Task OfferMessage_OfTheTargetThrows_FaultsTheBlockWithThat()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int> block = Create();
        block.LinkTo(new HandTarget { Answer = _ => throw error }, Keep);
        await SendAsync(block, 1);

        Assert.Same(error, await FailureAsync(block));
    }

    private static async Task SendAsync(IPropagatorBlock<int, int> block, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(await block.SendAsync(i).InTime());
        }
    }
}

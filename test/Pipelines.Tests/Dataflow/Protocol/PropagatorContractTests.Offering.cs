using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

// The block as a target: what becomes of a message that is offered to it.
public abstract partial class PropagatorContractTests
{
    [Fact]
    public virtual async Task Post_NewBlock_IsAccepted()
    {
        IPropagatorBlock<int, int> block = Create();

        Assert.True(block.Post(1));
        Assert.Equal([1], await ReceiveAsync(block, 1));
    }

    [Fact]
    public virtual void OfferMessage_HeaderWithoutAnId_IsRefused() =>
        Assert.Throws<ArgumentException>(() => { Create().OfferMessage(default, 1, null, false); });

    [Fact]
    public virtual void OfferMessage_ToBeConsumedWithoutASource_IsRefused() =>
        Assert.Throws<ArgumentException>(() => { Create().OfferMessage(new DataflowMessageHeader(1), 1, null, true); });

    [Fact]
    public virtual async Task OfferMessage_ThereIsRoom_IsTakenOnce()
    {
        IPropagatorBlock<int, int> block = Create();
        var source = new HandSource();

        Assert.Equal(DataflowMessageStatus.Accepted, source.Offer(block, 1));
        Assert.Equal([1], await ReceiveAsync(block, 1));
        Assert.Empty(source.Consumed);
    }

    [Fact]
    public virtual async Task OfferMessage_ToBeConsumed_IsConsumedOnceByTheBlockThatItWasOfferedTo()
    {
        IPropagatorBlock<int, int> block = Create();
        var source = new HandSource();

        Assert.Equal(DataflowMessageStatus.Accepted, source.Offer(block, 1, consumeToAccept: true));
        Assert.Equal([1], await ReceiveAsync(block, 1));
        Assert.Equal([1], source.Consumed);
        Assert.Equal([block], source.Callers);
    }

    [Fact]
    public virtual async Task OfferMessage_ToBeConsumedButGone_IsPassedOver()
    {
        IPropagatorBlock<int, int> block = Create();
        var gone = new DataflowMessageHeader(77);
        var source = new HandSource();

        Assert.Equal(DataflowMessageStatus.NotAvailable, block.OfferMessage(gone, 1, source, consumeToAccept: true));
        await source.Settled;
        source.Offer(block, 2);
        Assert.Equal([2], await ReceiveAsync(block, 1));
    }

    [Fact]
    public virtual async Task OfferMessage_Full_IsPostponedAndConsumedWhenThereIsRoom()
    {
        (IPropagatorBlock<int, int> block, HandSource[] sources, List<int> accepted) = CreateFull();

        Assert.Equal(Enumerable.Range(0, Many), (await ReceiveAsync(block, Many)).Order());
        Assert.Equal(Enumerable.Range(0, Many).Except(accepted), sources.SelectMany(source => source.Consumed));
    }

    [Fact]
    public virtual async Task OfferMessage_FullAndWithoutASource_IsDeclined()
    {
        (IPropagatorBlock<int, int> block, _, _) = CreateFull();

        Assert.Equal(DataflowMessageStatus.Declined, block.OfferMessage(new DataflowMessageHeader(1), -1, null, false));
        Assert.Equal(Enumerable.Range(0, Many), (await ReceiveAsync(block, Many)).Order());
    }

    [Fact]
    public virtual async Task OfferMessage_PostponedAndOfferedANewer_TakesTheNewerOnly()
    {
        (IPropagatorBlock<int, int> block, HandSource[] sources, _) = CreateFull();
        HandSource last = sources[^1];
        last.TakeBack();
        Assert.Equal(DataflowMessageStatus.Postponed, last.Offer(block, 1000));

        Assert.Equal([.. Enumerable.Range(0, Many - 1), 1000], (await ReceiveAsync(block, Many)).Order());
        Assert.Equal([1000], last.Consumed);
    }

    [Fact]
    public virtual async Task OfferMessage_PostponedAndGone_IsPassedOver()
    {
        (IPropagatorBlock<int, int> block, HandSource[] sources, List<int> accepted) = CreateFull();
        sources[50].TakeBack();
        sources[51].TakeBack();

        Assert.Equal(Enumerable.Range(0, Many).Except([50, 51]), (await ReceiveAsync(block, Many - 2)).Order());
        Assert.DoesNotContain(50, accepted);
    }

    [Fact]
    public virtual async Task OfferMessage_OfOneSource_StaysInOrder()
    {
        IPropagatorBlock<int, int> block = Create(capacity: 1);
        var source = new BufferBlock<int>();
        source.LinkTo(block);
        for (int i = 0; i < Many; i++)
        {
            source.Post(i);
        }

        Assert.Equal(Enumerable.Range(0, Many), await ReceiveAsync(block, Many));
    }

    [Fact]
    public virtual void OfferMessage_AfterComplete_IsDeclinedForGood()
    {
        IPropagatorBlock<int, int> block = Create();
        block.Complete();

        Assert.Equal(DataflowMessageStatus.DecliningPermanently, new HandSource().Offer(block, 1));
        Assert.False(block.Post(1));
    }

    [Fact]
    public virtual void OfferMessage_AfterFault_IsDeclinedForGood()
    {
        IPropagatorBlock<int, int> block = Create();
        block.Fault(new InvalidDataException());

        Assert.Equal(DataflowMessageStatus.DecliningPermanently, new HandSource().Offer(block, 1));
        Assert.False(block.Post(1));
    }

    [Fact]
    public virtual async Task OfferMessage_CancelledBeforehand_IsDeclinedForGood()
    {
        IPropagatorBlock<int, int> block = Create(x => x, Many, new CancellationToken(true));

        Assert.False(await block.SendAsync(1).InTime());
        Assert.Equal(DataflowMessageStatus.DecliningPermanently, new HandSource().Offer(block, 1));
    }

    [Fact]
    public virtual async Task Complete_MessagesPostponed_AreEachConsumedOrLetGo()
    {
        (IPropagatorBlock<int, int> block, HandSource[] sources, List<int> accepted) = CreateFull();
        block.Complete();
        var target = new HandTarget();
        block.LinkTo(target, Propagate);
        Assert.Null(await target.End.InTime());

        Assert.Equal(Many, accepted.Count + sources.Sum(source => source.Consumed.Count + source.Released));
        Assert.Equal(target.Count, accepted.Count + sources.Sum(source => source.Consumed.Count));
    }

    [Fact]
    public virtual async Task Fault_MessagesPostponed_AreEachConsumedOrLetGo()
    {
        (IPropagatorBlock<int, int> block, HandSource[] sources, List<int> accepted) = CreateFull();
        block.Fault(new InvalidDataException());
        Assert.IsType<InvalidDataException>(await FailureAsync(block));
        await Task.WhenAll(sources.Where((_, i) => !accepted.Contains(i)).Select(source => source.Settled));

        Assert.Equal(Many, accepted.Count + sources.Sum(source => source.Consumed.Count + source.Released));
    }

    [Fact]
    public virtual async Task ConsumeMessage_OfTheSourceThrows_FaultsTheBlockWithThat()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int> block = Create(capacity: 1);
        HandSource[] sources = [.. Enumerable.Range(0, Many).Select(_ => new HandSource { Refusal = error })];
        Assert.Contains(DataflowMessageStatus.Postponed, sources.Select((source, i) => source.Offer(block, i)).ToArray());
        block.LinkTo(DataflowBlock.NullTarget<int>());

        Assert.Same(error, await FailureAsync(block));
    }

    [Fact]
    public virtual async Task OfferMessage_ManyToBeConsumed_AreEachAcceptedInTheirOrder()
    {
        IPropagatorBlock<int, int> block = Create();
        HandSource[] sources = [new(), new()];
        for (int i = 0; i < Many; i++)
        {
            Assert.Equal(DataflowMessageStatus.Accepted, sources[i % 2].Offer(block, i, consumeToAccept: true));
        }

        Assert.Equal(Enumerable.Range(0, Many), await ReceiveAsync(block, Many));
    }

    [Fact]
    public virtual async Task OfferMessage_FullAndToBeConsumed_IsPostponedAndConsumedWhenThereIsRoom()
    {
        (IPropagatorBlock<int, int> block, _, _) = CreateFull();
        var source = new HandSource();
        Assert.Equal(DataflowMessageStatus.Postponed, source.Offer(block, Many, consumeToAccept: true));

        Assert.Equal(Enumerable.Range(0, Many + 1), (await ReceiveAsync(block, Many + 1)).Order());
        Assert.Equal([Many], source.Consumed);
    }

    [Fact]
    public virtual async Task OfferMessage_ConsumedAndOfTheOthers_NothingIsDoubledOrLost()
    {
        IPropagatorBlock<int, int> block = Create(capacity: 4);
        var broadcast = new BroadcastBlock<int>(x => x);
        var buffer = new BufferBlock<int>();
        broadcast.LinkTo(block);
        buffer.LinkTo(block);
        for (int i = 0; i < Many; i++)
        {
            buffer.Post(i);
            broadcast.Post(Many + i);
        }

        List<int> seen = [];
        while (seen.Count(x => x < Many) < Many || seen[^1] != (2 * Many) - 1 && !seen.Contains((2 * Many) - 1))
        {
            seen.AddRange(await ReceiveAsync(block, 1));
        }

        Assert.Equal(Enumerable.Range(0, Many), seen.Where(x => x < Many));
        Assert.Equal(seen.Where(x => x >= Many).Distinct().Order(), seen.Where(x => x >= Many));
    }
}

using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

// The block's end, and who is told of it.
public abstract partial class PropagatorContractTests
{
    [Fact]
    public virtual async Task Complete_Empty_CompletesAndTellsWhoIsToBeTold()
    {
        IPropagatorBlock<int, int> block = Create();
        var told = new HandTarget();
        var notTold = new HandTarget();
        block.LinkTo(notTold, Keep);
        block.LinkTo(told, Propagate);
        block.Complete();
        block.Complete();
        await block.Completion.InTime();

        Assert.Null(await told.End.InTime());
        Assert.False(notTold.End.IsCompleted);
    }

    [Fact]
    public virtual async Task Complete_ItemsInside_CompletesWhenTheLastIsTaken()
    {
        IPropagatorBlock<int, int> block = Create();
        await SendAsync(block, 3);
        block.Complete();

        Assert.Equal([0, 1], await ReceiveAsync(block, 2));
        Assert.False(block.Completion.IsCompleted);
        Assert.Equal([2], await ReceiveAsync(block, 1));
        await block.Completion.InTime();
    }

    [Fact]
    public virtual async Task Complete_ItemPostponed_CompletesWhenItIsConsumed()
    {
        (IPropagatorBlock<int, int> block, HandTarget target, Offer offer) = await PostponedAsync();
        block.Complete();
        Assert.Equal(0, await target.ConsumeAsync(offer));
        Assert.Equal(1, await target.ConsumeAsync(await target.NextAsync()));

        await block.Completion.InTime();
    }

    [Fact]
    public virtual async Task LinkTo_HasCompleted_TellsAtOnce()
    {
        IPropagatorBlock<int, int> block = Create();
        block.Complete();
        await block.Completion.InTime();
        var told = new HandTarget();
        var notTold = new HandTarget();
        block.LinkTo(told, Propagate);
        block.LinkTo(notTold, Keep).Dispose();

        Assert.Null(await told.End.InTime());
        Assert.False(notTold.End.IsCompleted);
    }

    [Fact]
    public virtual async Task Fault_FromOutside_IsTheEndAndPassedOn()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int> block = Create();
        var told = new HandTarget();
        block.LinkTo(told, Propagate);
        block.Fault(error);

        Assert.Same(error, await FailureAsync(block));
        Assert.True(block.Completion.IsFaulted);
        Assert.Same(error, Bare(await told.End.InTime()));
    }

    [Fact]
    public virtual async Task Fault_CompletesWithItemsInside_IsTheEndAllTheSame()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int>? block = null;
        block = Create(x => FaultAfterComplete(x, block!, error), Many);
        block.LinkTo(new HandTarget(), Keep);
        await SendAsync(block, 1);

        Assert.Same(error, await FailureAsync(block));
    }

    // From inside the block's own function: so the items are inside, whatever the threads do.
    protected static int FaultAfterComplete(int item, IPropagatorBlock<int, int> block, Exception error)
    {
        if (item == 0)
        {
            Assert.True(block.Post(1));
            Assert.True(block.Post(2));
            block.Complete();
            block.Fault(error);
        }

        return item;
    }

    [Fact]
    public virtual void Fault_Null_IsRefused() => Assert.Throws<ArgumentNullException>("exception", () => Create().Fault(null!));

    [Fact]
    public virtual async Task Fault_Completed_ChangesNothing()
    {
        IPropagatorBlock<int, int> block = Create();
        block.Complete();
        await block.Completion.InTime();
        block.Fault(new InvalidDataException());

        Assert.True(block.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public virtual async Task Function_Throws_IsTheEndAndPassedOnBehindAPrefix()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int> block = Create(x => x == 5 ? throw error : x, Many);
        var target = new HandTarget();
        block.LinkTo(target, Propagate);
        for (int i = 0; i < 10; i++)
        {
            await block.SendAsync(i).InTime();
        }

        Assert.Same(error, Bare(await target.End.InTime()));
        Assert.Same(error, await FailureAsync(block));
        Assert.InRange(target.Count, 0, 5);
        Assert.Equal(Enumerable.Range(0, target.Count), await target.NextAsync(target.Count));
    }

    [Fact]
    public virtual async Task Function_ThrowsACancellationOfItsOwn_IsAFaultLikeAnyOther()
    {
        var error = new OperationCanceledException("timed out");
        IPropagatorBlock<int, int> block = Create(x => x == 1 ? throw error : x, Many);
        await SendAsync(block, 2);
        var target = new HandTarget();
        block.LinkTo(target, Propagate);

        Assert.Same(error, Bare(await target.End.InTime()));
    }

    [Fact]
    public virtual async Task Cancel_BlockIsCancelled()
    {
        using var source = new CancellationTokenSource();
        IPropagatorBlock<int, int> block = Create(x => x, Many, source.Token);
        await source.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await FailureAsync(block));
        Assert.True(block.Completion.IsCanceled);
    }

    [Fact]
    public virtual async Task Cancel_Linked_IsNotPassedOnAsAGoodEnd()
    {
        using var source = new CancellationTokenSource();
        IPropagatorBlock<int, int> block = Create(x => x, Many, source.Token);
        var target = new HandTarget();
        block.LinkTo(target, Propagate);
        await source.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(Bare(await target.End.InTime()));
    }
}

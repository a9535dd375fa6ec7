using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

/// <summary>The contract holds for the block whose contract it is, but for what is overridden here: there it loses items, or hides an end.</summary>
public sealed class InBoxTransformBlockTests : PropagatorContractTests
{
    protected override IPropagatorBlock<int, int> Create(Func<int, int> transform, int capacity, CancellationToken token = default) =>
        new TransformBlock<int, int>(transform, new ExecutionDataflowBlockOptions { BoundedCapacity = capacity, CancellationToken = token });

    // It drops the item without a word, and completes.
    public override async Task Function_ThrowsACancellationOfItsOwn_IsAFaultLikeAnyOther()
    {
        IPropagatorBlock<int, int> block = Create(x => x == 1 ? throw new OperationCanceledException("timed out") : x, Many);
        Assert.True(block.Post(0));
        Assert.True(block.Post(1));
        Assert.True(block.Post(2));
        block.Complete();

        Assert.Equal([0, 2], await ReceiveAsync(block, 2));
        await block.Completion.InTime();
    }

    // It throws away what is inside, and completes as if that were all.
    public override async Task Fault_CompletesWithItemsInside_IsTheEndAllTheSame()
    {
        IPropagatorBlock<int, int>? block = null;
        block = Create(x => FaultAfterComplete(x, block!, new InvalidDataException()), Many);
        var target = new HandTarget();
        block.LinkTo(target, Propagate);
        Assert.True(block.Post(0));

        Assert.Null(await target.End.InTime());
        Assert.True(block.Completion.IsCompletedSuccessfully);
        Assert.Equal(1, target.Count);
    }

    // It completes its targets.
    public override async Task Cancel_Linked_IsNotPassedOnAsAGoodEnd()
    {
        using var source = new CancellationTokenSource();
        IPropagatorBlock<int, int> block = Create(x => x, Many, source.Token);
        var target = new HandTarget();
        block.LinkTo(target, Propagate);
        await source.CancelAsync();

        Assert.Null(await target.End.InTime());
        Assert.True(block.Completion.IsCanceled);
    }
}

using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>A message that is consumed on its source's thread, which takes its time: the others are served meanwhile, and the run does not end without
/// it.</summary>
public sealed class ConsumeTests
{
    [Fact]
    public async Task OfferMessage_WhileAnotherIsConsumed_IsTakenIfThereIsRoomForBoth()
    {
        IPropagatorBlock<int, int> block = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x), new() { Capacity = 256 });
        var held = new HeldSource(1);
        Task<DataflowMessageStatus> offer = held.OfferAsync(block);
        await held.Begun.InTime();
        Assert.Equal(DataflowMessageStatus.Accepted, new Protocol.HandSource().Offer(block, 2, consumeToAccept: true));
        Assert.Equal(DataflowMessageStatus.Accepted, new Protocol.HandSource().Offer(block, 3));
        held.Release();

        Assert.Equal(DataflowMessageStatus.Accepted, await offer.InTime());
        Assert.Equal([1, 2, 3], (await ReceiveAsync(block, 3)).Order());
    }

    [Fact]
    public async Task OfferMessage_WhileTheLastSlotIsKeptForAnother_IsNotLost()
    {
        var gate = new TaskCompletionSource();
        IPropagatorBlock<int, int> block = DataflowPipeline.Encapsulate<int, int>(
            p => p.SelectAsync(async x => { await gate.Task; return x; }), new() { Capacity = 1 });
        Assert.True(await block.SendAsync(0).InTime()); // the delegate has it
        var held = new HeldSource(1);
        Task<DataflowMessageStatus> offer = held.OfferAsync(block);
        await Task.WhenAny(held.Begun, offer).InTime();
        var last = new Protocol.HandSource();
        DataflowMessageStatus second = last.Offer(block, 2);
        held.Release();
        await offer.InTime();
        gate.SetResult();

        Assert.Contains(second, new[] { DataflowMessageStatus.Postponed, DataflowMessageStatus.Accepted });
        Assert.Equal([0, 1, 2], (await ReceiveAsync(block, 3)).Order());
    }

    [Fact]
    public async Task Complete_WhileAMessageIsConsumed_LetsItComeOut()
    {
        IPropagatorBlock<int, int> block = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x));
        var held = new HeldSource(1);
        Task<DataflowMessageStatus> offer = held.OfferAsync(block);
        await held.Begun.InTime();
        block.Complete();
        held.Release();

        Assert.Equal(DataflowMessageStatus.Accepted, await offer.InTime());
        Assert.Equal(1, await block.ReceiveAsync().InTime());
        await block.Completion.InTime();
    }

    [Fact]
    public async Task Fault_WhileAMessageIsConsumed_WaitsForItAndGivesItBackOnce()
    {
        ConcurrentQueue<object?> back = [];
        IPropagatorBlock<int, int> block = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x), new() { OnUndelivered = item => back.Enqueue(item.Item) });
        var held = new HeldSource(1);
        Task<DataflowMessageStatus> offer = held.OfferAsync(block);
        await held.Begun.InTime();
        block.Fault(new InvalidDataException());
        Assert.False(block.Completion.IsCompleted);
        held.Release();
        await offer.InTime();

        await Assert.ThrowsAsync<InvalidDataException>(() => block.Completion.InTime());
        Assert.Equal([1], back);
    }

    [Fact]
    public async Task ConsumeMessage_Throws_FailsTheRunAndTheSourceIsDeclined()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int> block = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x));

        Assert.Equal(DataflowMessageStatus.DecliningPermanently, new Protocol.HandSource { Refusal = error }.Offer(block, 1, consumeToAccept: true));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => block.Completion.InTime()));
    }

    private static async Task<List<int>> ReceiveAsync(ISourceBlock<int> block, int count)
    {
        List<int> items = [];
        while (items.Count < count)
        {
            items.Add(await block.ReceiveAsync().InTime());
        }

        return items;
    }

    /// <summary>A source of one message, which it hands over when the test says so.</summary>
    private sealed class HeldSource(int item) : ISourceBlock<int>
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new();

        public Task Begun => _begun.Task;

        public Task Completion => throw new NotSupportedException("Nobody asks.");

        public Task<DataflowMessageStatus> OfferAsync(ITargetBlock<int> target) => Task.Factory.StartNew(
            () => target.OfferMessage(new DataflowMessageHeader(1), item, this, consumeToAccept: true), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        public void Release() => _release.SetResult();

        public int ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target, out bool messageConsumed)
        {
            _begun.TrySetResult();
            _release.Task.Wait();
            messageConsumed = true;
            return item;
        }

        public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target) => false;

        public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<int> target) =>
            throw new NotSupportedException("Nothing is reserved.");

        public IDisposable LinkTo(ITargetBlock<int> target, DataflowLinkOptions linkOptions) => throw new NotSupportedException("The test offers by hand.");

        public void Complete() => throw new NotSupportedException("The test ends by hand.");

        public void Fault(Exception exception) => throw new NotSupportedException("The test ends by hand.");
    }
}

using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>A pipeline as a block of a network: it takes part in the protocol as the in-box blocks do, and loses nothing where they would.</summary>
public sealed class EncapsulateTests
{
    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };

    public static TheoryData<int> Capacities => [1, 2, 3, 64];

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task Encapsulate_BetweenTwoBlocks_IsOneOfThem(int capacity)
    {
        var options = new ExecutionDataflowBlockOptions { BoundedCapacity = capacity };
        List<int> seen = [];
        var first = new TransformBlock<int, int>(x => x + 1, options);
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(
            p => p.SelectAsync(async x => { await Task.Yield(); return x * 2; }, new() { Parallelism = 3 }), new() { Capacity = capacity });
        var last = new ActionBlock<int>(seen.Add, options);
        first.LinkTo(ours, s_propagate);
        ours.LinkTo(last, s_propagate);
        for (int i = 0; i < 300; i++)
        {
            Assert.True(await first.SendAsync(i));
        }

        first.Complete();
        await last.Completion.InTime();

        Assert.Equal(Enumerable.Range(0, 300).Select(x => 2 * (x + 1)), seen);
        await ours.Completion.InTime();
    }

    [Fact]
    public async Task Encapsulate_SeveralSources_AreAllHeardInTheirOrder()
    {
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x), new() { Capacity = 1 });
        BufferBlock<int>[] sources = [.. Enumerable.Range(0, 3).Select(i => new BufferBlock<int>())];
        Assert.All(sources, source => source.LinkTo(ours));
        for (int i = 0; i < 100; i++)
        {
            for (int s = 0; s < 3; s++)
            {
                sources[s].Post((1000 * s) + i);
            }
        }

        List<int> seen = [];
        for (int i = 0; i < 300; i++)
        {
            seen.Add(await ours.ReceiveAsync(TimeSpan.FromSeconds(60)));
        }

        Assert.All(seen.GroupBy(x => x / 1000), own => Assert.Equal(Enumerable.Range(1000 * own.Key, 100), own));
        ours.Complete();
        await ours.Completion.InTime();
    }

    [Fact]
    public async Task Encapsulate_PipelineFails_FaultsBehindWhatCameOutAndNothingIsLost()
    {
        var error = new InvalidDataException();
        List<object?> undelivered = [];
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(
            p => p.Select(x => x == 2 ? throw error : x), new() { OnUndelivered = item => undelivered.Add(item.Item) });
        int accepted = 0;
        while (accepted < 10_000 && await ours.SendAsync(accepted))
        {
            accepted++;
        }

        Assert.Equal(Enumerable.Range(0, 2), await ReceiveAsync(ours, 2));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => ours.Completion.InTime()));
        Assert.Equal(accepted, 2 + 1 + undelivered.Count);
        Assert.Equal(DataflowMessageStatus.DecliningPermanently, ours.OfferMessage(new DataflowMessageHeader(1), 1, null, false));
    }

    [Fact]
    public async Task Encapsulate_Fault_FailsTheRun()
    {
        var error = new InvalidDataException();
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x));
        ours.Fault(error);

        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => ours.Completion.InTime()));
    }

    [Fact]
    public async Task Encapsulate_Cancelled_IsCancelledAndFaultsItsTargets()
    {
        using var source = new CancellationTokenSource();
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x), cancellationToken: source.Token);
        var target = new BufferBlock<int>();
        ours.LinkTo(target, s_propagate);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ours.Completion.InTime());
        Assert.True(ours.Completion.IsCanceled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.Completion.InTime());
    }

    [Fact]
    public async Task Encapsulate_PipelineHasEnough_DeclinesForGood()
    {
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(p => p.Take(2));
        Assert.True(await ours.SendAsync(0));
        Assert.True(await ours.SendAsync(1));
        Assert.Equal(Enumerable.Range(0, 2), await ReceiveAsync(ours, 2));
        await ours.Completion.InTime();

        Assert.False(await ours.SendAsync(2));
    }

    private static async Task<List<int>> ReceiveAsync(ISourceBlock<int> source, int count)
    {
        List<int> items = [];
        while (items.Count < count)
        {
            items.Add(await source.ReceiveAsync(TimeSpan.FromSeconds(60)));
        }

        return items;
    }
}

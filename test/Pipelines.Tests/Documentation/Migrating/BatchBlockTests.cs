using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class BatchBlockTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 250)];
    private readonly List<int[]> _saved = [];

    [Fact]
    public async Task BatchBlock_Before_SavesAll()
    {
        // snippet: batch-before
        var batch = new BatchBlock<int>(100, new() { BoundedCapacity = 200 });
        var save = new ActionBlock<int[]>(SaveAsync, new() { BoundedCapacity = 2 });
        batch.LinkTo(save, new() { PropagateCompletion = true });
        using var timer = new Timer(_ => batch.TriggerBatch(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        foreach (int order in orders)
        {
            await batch.SendAsync(order);
        }

        batch.Complete();
        await save.Completion;
        // end
        Assert.Equal(orders, _saved.SelectMany(saved => saved));
    }

    [Fact]
    public async Task BatchBlock_After_SavesAll()
    {
        // snippet: batch-after
        await Pipeline
            .From(orders)
            .Batch(100, maxAge: TimeSpan.FromSeconds(5))
            .ForEachAsync(SaveAsync)
            .RunAsync();
        // end
        Assert.Equal(orders, _saved.SelectMany(saved => saved));
    }

    [Fact]
    public async Task BatchBlock_ByWeightAfter_SavesAll()
    {
        // snippet: batch-weight-after
        await Pipeline
            .From(orders)
            .Batch(maxWeight: 1_000, weigh: order => order)
            .ForEachAsync(SaveAsync)
            .RunAsync();
        // end
        Assert.Equal(orders, _saved.SelectMany(saved => saved));
        Assert.All(_saved, saved => Assert.InRange(saved.Sum(), 0, 1_000));
    }

    private async Task SaveAsync(int[] batch)
    {
        await Task.Yield();
        _saved.Add(batch);
    }
}

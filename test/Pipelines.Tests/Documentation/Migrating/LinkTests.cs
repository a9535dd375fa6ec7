using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class LinkTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 200)];
    private static readonly List<int> corrections = [.. Enumerable.Range(1000, 50)];
    private readonly List<int> _saved = [];
    private readonly List<int> _large = [];

    [Fact]
    public async Task LinkTo_WithAPredicateBefore_Routes()
    {
        // snippet: predicate-before
        var route = new BufferBlock<int>(new() { BoundedCapacity = 64 });
        var ship = new ActionBlock<int>(ShipByLorry, new() { BoundedCapacity = 64 });
        var save = new ActionBlock<int>(Save, new() { BoundedCapacity = 64 });
        route.LinkTo(ship, new() { PropagateCompletion = true }, order => order >= 150);
        route.LinkTo(save, new() { PropagateCompletion = true }, order => order < 150);     // without the condition it takes what ship has no room for
        // end
        foreach (int order in orders)
        {
            Assert.True(await route.SendAsync(order));
        }

        route.Complete();
        await Task.WhenAll(ship.Completion, save.Completion);
        Assert.Equal(orders[150..], _large);
        Assert.Equal(orders[..150], _saved);
    }

    [Fact]
    public async Task LinkTo_WithAPredicateAfter_Routes()
    {
        // snippet: predicate-after
        await Pipeline
            .From(orders)
            .When(order => order >= 150, branch => branch.ForEach(ShipByLorry))
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal(orders[150..], _large);
        Assert.Equal(orders[..150], _saved);
    }

    [Fact]
    public async Task LinkTo_SeveralSourcesBefore_EndsWithTheFirst()
    {
        // snippet: merge-before
        var save = new ActionBlock<int>(Save);
        var first = new BufferBlock<int>();
        var second = new BufferBlock<int>();
        first.LinkTo(save, new() { PropagateCompletion = true });
        second.LinkTo(save, new() { PropagateCompletion = true });
        // end
        orders.ForEach(order => first.Post(order));
        first.Complete();
        await save.Completion;
        corrections.ForEach(order => second.Post(order));
        Assert.Equal(orders, _saved);
        Assert.Equal(corrections.Count, second.Count); // accepted, and nobody will ever take them
    }

    [Fact]
    public async Task LinkTo_SeveralSourcesAfter_EndsWithTheLast()
    {
        // snippet: merge-after
        await Pipeline
            .Merge(Pipeline.From(orders), Pipeline.From(corrections))
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal([.. orders, .. corrections], _saved.Order());
    }

    private void Save(int order) => _saved.Add(order);

    private void ShipByLorry(int order) => _large.Add(order);
}

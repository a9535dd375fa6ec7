using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class BridgeTests
{
    private static readonly DataflowLinkOptions propagate = new() { PropagateCompletion = true };
    private static readonly List<int> orders = [.. Enumerable.Range(0, 200)];
    private readonly List<int> _saved = [];

    [Fact]
    public async Task Encapsulate_OneBlockOfANetwork_IsReplaced()
    {
        var fetch = new TransformBlock<int, int>(order => order, new() { BoundedCapacity = 8 });
        var save = new ActionBlock<int>(Save, new() { BoundedCapacity = 8 });

        // snippet: encapsulate
        IPropagatorBlock<int, int> price = DataflowPipeline.Encapsulate<int, int>(
            p => p.Where(order => order % 10 != 0).SelectAsync(PriceAsync, new() { Parallelism = 4 }));

        fetch.LinkTo(price, propagate);
        price.LinkTo(save, propagate);
        // end
        foreach (int order in orders)
        {
            Assert.True(await fetch.SendAsync(order));
        }

        fetch.Complete();
        await save.Completion;
        Assert.Equal(orders.Where(order => order % 10 != 0).Select(order => 3 * order), _saved);
    }

    [Fact]
    public async Task Pipeline_BlocksThatStay_TakePart()
    {
        var fetched = new BufferBlock<int>();
        var check = new TransformBlock<int, int>(order => order);
        var save = new ActionBlock<int>(Save);
        orders.ForEach(order => fetched.Post(order));
        fetched.Complete();

        // snippet: blocks-in
        await Pipeline
            .From(fetched)                                      // a block that stays
            .SelectAsync(PriceAsync, new() { Parallelism = 4 })
            .Through(check)                                     // another
            .To(save)                                           // and a third: it is completed, or faulted, with the run
            .RunAsync();

        await save.Completion;
        // end
        Assert.Equal(orders.Select(order => 3 * order), _saved);
    }

    [Fact]
    public async Task ToSourceBlock_TheRestOfTheNetwork_GoesOn()
    {
        var save = new ActionBlock<int>(Save);

        // snippet: source-block
        ISourceBlock<int> priced = Pipeline
            .From(orders)
            .SelectAsync(PriceAsync, new() { Parallelism = 4 })
            .ToSourceBlock();

        priced.LinkTo(save, propagate);
        await save.Completion;
        // end
        Assert.Equal(orders.Select(order => 3 * order), _saved);
    }

    private static async Task<int> PriceAsync(int order)
    {
        await Task.Yield();
        return 3 * order;
    }

    private void Save(int order) => _saved.Add(order);
}

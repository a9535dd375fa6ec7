using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>All between the first block and the last is one pipeline; the links and the broadcast that lost items are gone.</summary>
internal sealed class SecondStep : IOrderNetwork
{
    public string Name => "2: all between fetch and save is";

    public async Task RunAsync(Shop shop)
    {
        var bounded = new ExecutionDataflowBlockOptions { BoundedCapacity = 64 };
        var parallel = new ExecutionDataflowBlockOptions { BoundedCapacity = 64, MaxDegreeOfParallelism = 4 };
        var propagate = new DataflowLinkOptions { PropagateCompletion = true };

        // snippet: network-step-2
        var fetch = new TransformBlock<int, string>(shop.FetchAsync, parallel);
        IPropagatorBlock<string, Order[]> handle = DataflowPipeline.Encapsulate<string, Order[]>(p => p
            .SelectMany(shop.Parse)
            .When(order => !order.IsValid, branch => branch.ForEach(shop.Reject))
            .SelectAsync(shop.EnrichAsync, new() { Parallelism = 4 })
            .Tee(branch => branch.ForEach(shop.Audit))
            .Batch(100));
        var save = new ActionBlock<Order[]>(shop.SaveAsync, bounded);

        fetch.LinkTo(handle, propagate);
        handle.LinkTo(save, propagate);
        // end
        Task feeding = Feeding.FeedAsync(fetch, shop.Pages);
        await save.Completion;
        await feeding;
    }
}

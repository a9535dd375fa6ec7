using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>One block of eight is a pipeline; nothing else has changed.</summary>
internal sealed class FirstStep : IOrderNetwork
{
    public string Name => "1: enrich is a pipeline";

    public async Task RunAsync(Shop shop)
    {
        var bounded = new ExecutionDataflowBlockOptions { BoundedCapacity = 64 };
        var parallel = new ExecutionDataflowBlockOptions { BoundedCapacity = 64, MaxDegreeOfParallelism = 4 };
        var propagate = new DataflowLinkOptions { PropagateCompletion = true };

        var fetch = new TransformBlock<int, string>(shop.FetchAsync, parallel);
        var parse = new TransformManyBlock<string, Order>(shop.Parse, bounded);
        var reject = new ActionBlock<Order>(shop.Reject, bounded);
        // snippet: network-step-1
        IPropagatorBlock<Order, Order> enrich = DataflowPipeline.Encapsulate<Order, Order>(
            p => p.SelectAsync(shop.EnrichAsync, new() { Parallelism = 4 }), new() { Capacity = 64 });
        // end
        var broadcast = new BroadcastBlock<Order>(order => order);
        var audit = new ActionBlock<Order>(shop.Audit);
        var batch = new BatchBlock<Order>(100);
        var save = new ActionBlock<Order[]>(shop.SaveAsync, bounded);

        fetch.LinkTo(parse, propagate);
        parse.LinkTo(enrich, propagate, order => order.IsValid);
        parse.LinkTo(reject, propagate, order => !order.IsValid);
        enrich.LinkTo(broadcast, propagate);
        broadcast.LinkTo(audit, propagate);
        broadcast.LinkTo(batch, propagate);
        batch.LinkTo(save, propagate);

        Task feeding = Feeding.FeedAsync(fetch, shop.Pages);
        await Task.WhenAll(save.Completion, audit.Completion);
        await Task.WhenAll(feeding, reject.Completion);
    }
}

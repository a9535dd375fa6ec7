using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>Eight blocks of TPL Dataflow, as they are written every day.</summary>
internal sealed class DataflowNetwork : IOrderNetwork
{
    public string Name => "eight Dataflow blocks";

    public async Task RunAsync(Shop shop)
    {
        // snippet: network-before
        var bounded = new ExecutionDataflowBlockOptions { BoundedCapacity = 64 };
        var parallel = new ExecutionDataflowBlockOptions { BoundedCapacity = 64, MaxDegreeOfParallelism = 4 };
        var propagate = new DataflowLinkOptions { PropagateCompletion = true };

        var fetch = new TransformBlock<int, string>(shop.FetchAsync, parallel);
        var parse = new TransformManyBlock<string, Order>(shop.Parse, bounded);
        var reject = new ActionBlock<Order>(shop.Reject, bounded);
        var enrich = new TransformBlock<Order, Order>(shop.EnrichAsync, parallel);
        var broadcast = new BroadcastBlock<Order>(order => order);
        var audit = new ActionBlock<Order>(shop.Audit);                 // not bounded: the broadcast would lose orders
        var batch = new BatchBlock<Order>(100);                         // nor this one
        var save = new ActionBlock<Order[]>(shop.SaveAsync, bounded);

        fetch.LinkTo(parse, propagate);
        parse.LinkTo(enrich, propagate, order => order.IsValid);
        parse.LinkTo(reject, propagate, order => !order.IsValid);       // without it, valid orders that enrich has no room for are rejected
        enrich.LinkTo(broadcast, propagate);
        broadcast.LinkTo(audit, propagate);
        broadcast.LinkTo(batch, propagate);
        batch.LinkTo(save, propagate);
        // end
        Task feeding = Feeding.FeedAsync(fetch, shop.Pages);
        await Task.WhenAll(save.Completion, audit.Completion); // if they fail, what is upstream waits for ever, and is left behind
        await Task.WhenAll(feeding, reject.Completion);
    }
}

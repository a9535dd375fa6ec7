using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

/// <summary>
/// What a block owes to the sources and the targets of a network, by the protocol of TPL Dataflow: tried with sources and targets written by hand, state by
/// state. The in-box block runs through it too, which keeps us from testing for what only we believe in. Where it is wrong, it says so.
/// </summary>
public abstract partial class PropagatorContractTests
{
    /// <summary>More than fits into any block of capacity 1.</summary>
    protected const int Many = 100;

    protected static readonly DataflowLinkOptions Propagate = new() { PropagateCompletion = true };

    protected static readonly DataflowLinkOptions Keep = new();

    /// <summary>Makes a block that applies a function to each item, one after the other or in their order.</summary>
    protected abstract IPropagatorBlock<int, int> Create(Func<int, int> transform, int capacity, CancellationToken token = default);

    protected IPropagatorBlock<int, int> Create(int capacity = Many) => Create(x => x, capacity);

    /// <summary>A block that nobody links to, with as much inside as goes in, and what else is offered to it. Each message has a source of its own.</summary>
    private (IPropagatorBlock<int, int> Block, HandSource[] Sources, List<int> Accepted) CreateFull()
    {
        IPropagatorBlock<int, int> block = Create(capacity: 1);
        HandSource[] sources = [.. Enumerable.Range(0, Many).Select(_ => new HandSource())];
        List<int> accepted = [];
        for (int i = 0; i < Many; i++)
        {
            DataflowMessageStatus status = sources[i].Offer(block, i);
            if (status == DataflowMessageStatus.Accepted)
            {
                accepted.Add(i);
            }
            else
            {
                Assert.Equal(DataflowMessageStatus.Postponed, status);
            }
        }

        Assert.InRange(accepted.Count, 0, 20);
        return (block, sources, accepted);
    }

    protected static async Task<List<int>> ReceiveAsync(IPropagatorBlock<int, int> block, int count)
    {
        List<int> items = [];
        while (items.Count < count)
        {
            items.Add(await block.ReceiveAsync(InTimeExtensions.Limit));
        }

        return items;
    }

    protected static async Task<Exception?> FailureAsync(IDataflowBlock block)
    {
        Exception? error = await Record.ExceptionAsync(() => block.Completion.InTime());
        return Bare(error);
    }

    /// <summary>The exception without what each in-box block on its way has wrapped it in.</summary>
    protected static Exception? Bare(Exception? error)
    {
        while (error is AggregateException { InnerExceptions: [var only] })
        {
            error = only;
        }

        return error;
    }
}

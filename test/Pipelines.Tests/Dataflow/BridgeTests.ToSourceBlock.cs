using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

// A pipeline as a source of a Dataflow network.
public sealed partial class BridgeTests
{
    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task ToSourceBlock_LinkedToATarget_OffersEverythingAndPropagatesTheEnd(int capacity)
    {
        List<int> seen = [];
        var target = new ActionBlock<int>(seen.Add, new ExecutionDataflowBlockOptions { BoundedCapacity = capacity });
        ISourceBlock<int> source = Pipeline.Range(0, 500).ToSourceBlock(new() { Capacity = capacity });
        source.LinkTo(target, s_propagate);
        await target.Completion.InTime();
        await source.Completion.InTime();

        Assert.Equal(Enumerable.Range(0, 500), seen);
    }

    [Fact]
    public async Task ToSourceBlock_Predicates_RouteAndTheRestGoesElsewhere()
    {
        List<int> even = [];
        List<int> odd = [];
        var evens = new ActionBlock<int>(even.Add, new ExecutionDataflowBlockOptions { BoundedCapacity = 1 });
        var odds = new ActionBlock<int>(odd.Add, new ExecutionDataflowBlockOptions { BoundedCapacity = 1 });
        ISourceBlock<int> source = Pipeline.Range(0, 200).ToSourceBlock();
        source.LinkTo(evens, s_propagate, x => x % 2 == 0);
        source.LinkTo(odds, s_propagate, x => x % 2 == 1);
        await Task.WhenAll(evens.Completion, odds.Completion).InTime();

        Assert.Equal(Enumerable.Range(0, 100).Select(x => 2 * x), even);
        Assert.Equal(Enumerable.Range(0, 100).Select(x => (2 * x) + 1), odd);
    }

    [Fact]
    public async Task ToSourceBlock_MaxMessagesAndUnlinking_StopTheOffers()
    {
        var first = new BufferBlock<int>();
        var second = new BufferBlock<int>();
        ISourceBlock<int> source = Pipeline.Range(0, 10).ToSourceBlock();
        source.LinkTo(first, new DataflowLinkOptions { MaxMessages = 3 });
        Assert.Equal(Enumerable.Range(0, 3), await ReceiveAsync(first, 3));
        Assert.Equal(3, await source.ReceiveAsync());
        using (source.LinkTo(second, new DataflowLinkOptions { MaxMessages = 1 }))
        {
            Assert.Equal(4, await second.ReceiveAsync());
        }

        Assert.Equal(5, await source.ReceiveAsync());
        Assert.True(((IReceivableSourceBlock<int>)source).TryReceiveAll(out IList<int>? rest) && rest.Count > 0);
        Assert.Equal(0, first.Count + second.Count);
    }

    [Fact]
    public async Task ToSourceBlock_RunFails_OffersWhatCameBeforeAndFaultsBare()
    {
        var error = new InvalidDataException();
        ISourceBlock<int> source = Pipeline.Range(0, 10).Select(x => x == 3 ? throw error : x).ToSourceBlock();
        Assert.Equal(Enumerable.Range(0, 3), await ReceiveAsync(source, 3));

        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => source.Completion.InTime()));
    }

    [Fact]
    public async Task ToSourceBlock_Complete_StopsTheProducers()
    {
        ISourceBlock<int> source = Pipeline.Range(0, int.MaxValue).ToSourceBlock(new() { Capacity = 2 });
        Assert.Equal(0, await source.ReceiveAsync());
        source.Complete();
        source.LinkTo(DataflowBlock.NullTarget<int>());

        await source.Completion.InTime();
    }
}

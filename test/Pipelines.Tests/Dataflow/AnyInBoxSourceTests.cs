using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>
/// Every in-box block as a source of ours, over every kind of link. A block that hands out copies asks that its message be consumed to be accepted: it was
/// postponed instead, and overwritten by the next, so that a <c>BroadcastBlock</c> lost all its messages to us.
/// </summary>
public sealed class AnyInBoxSourceTests
{
    private const int Limit = 3;

    public static TheoryData<string> Sources() => new(SourceKinds.Names);

    public static TheoryData<string, string> Links()
    {
        TheoryData<string, string> pairs = [];
        foreach (string source in SourceKinds.Names)
        {
            foreach (string link in new[] { "plain", "predicate", "max messages", "prepended", "prepended with a predicate" })
            {
                pairs.Add(source, link);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public Task From_AnySource_YieldsWhatItOffers(string source) => SourceKinds.WithAsync(source, new FromTrial());

    [Theory]
    [MemberData(nameof(Links))]
    public Task Encapsulate_LinkedToAnySource_TakesWhatTheLinkLetsThrough(string source, string link) =>
        SourceKinds.WithAsync(source, new LinkTrial(link, SourceKinds.Keeps(source)));

    [Fact]
    public async Task From_SourceThatHasItsOneValueAlready_YieldsIt()
    {
        var source = new WriteOnceBlock<int>(x => x);
        source.Post(7);
        await source.Completion.InTime();

        Assert.Equal([7], await Pipeline.From(source).ToListAsync().InTime());
    }

    [Fact]
    public async Task Through_BlockThatHandsOutCopies_LosesNothingThatThereIsRoomFor()
    {
        List<int> seen = await Pipeline.Range(0, SourceKinds.Count).Through(new BroadcastBlock<int>(x => x)).ToListAsync().InTime();

        Assert.Equal(Enumerable.Range(0, SourceKinds.Count), seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Through_BlockThatOverwrites_KeepsItsOrderAndItsNewest(int capacity)
    {
        List<int> seen = await Pipeline.Range(0, 1000).Through(new BroadcastBlock<int>(x => x)).ToListAsync(
            new PipelineOptions { Capacity = capacity }).InTime();

        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Equal(999, seen[^1]);
    }

    [Fact]
    public async Task Through_BlockThatTakesOneItem_YieldsIt()
    {
        Assert.Equal([0], await Pipeline.Range(0, 10).Through(new WriteOnceBlock<int>(x => x)).ToListAsync().InTime());
    }

    private sealed class FromTrial : ISourceTrial
    {
        public async Task RunAsync<T>(SourceKind<T> source)
        {
            var announced = new Announcing<T>(source.Block);
            Task<List<T>> items = Pipeline.From(announced).ToListAsync();
            await announced.Linked.InTime();
            await source.FeedAsync().InTime();

            AssertSame(source.Offered, await items.InTime());
        }
    }

    private sealed class LinkTrial(string link, bool keeps) : ISourceTrial
    {
        public async Task RunAsync<T>(SourceKind<T> source)
        {
            List<T> seen = [];
            IPropagatorBlock<T, T> ours = DataflowPipeline.Encapsulate<T, T>(p => p.Select(x => x));
            var rest = new ActionBlock<T>(_ => { });
            var options = new DataflowLinkOptions
            {
                PropagateCompletion = link != "max messages",
                MaxMessages = link == "max messages" ? Limit : -1,
                Append = !link.StartsWith("prepended", StringComparison.Ordinal),
            };
            int number = 0;
            bool isFiltered = link.EndsWith("predicate", StringComparison.Ordinal);
            if (keeps && !options.Append)
            {
                source.Block.LinkTo(rest);
            }

            using IDisposable linked = isFiltered ? source.Block.LinkTo(ours, options, _ => number++ % 2 == 0) : source.Block.LinkTo(ours, options);
            if (keeps && options.Append)
            {
                source.Block.LinkTo(rest);
            }

            Task receiving = ReceiveAsync();
            await source.FeedAsync().InTime();
            await source.Block.Completion.InTime();
            if (!options.PropagateCompletion)
            {
                ours.Complete();
            }

            await receiving.InTime();
            IEnumerable<T> expected =
                isFiltered ? source.Offered.Where((_, i) => i % 2 == 0) : link == "max messages" ? source.Offered.Take(Limit) : source.Offered;
            AssertSame([.. expected], seen);

            async Task ReceiveAsync()
            {
                while (await ours.OutputAvailableAsync())
                {
                    seen.Add(await ours.ReceiveAsync());
                }

                await ours.Completion;
            }
        }
    }

    // Batches compare by what is in them; which of two sources a batched join takes first is not determined.
    private static void AssertSame<T>(IReadOnlyList<T> expected, IReadOnlyList<T> seen)
    {
        if (typeof(T) == typeof(Tuple<IList<int>, IList<int>>))
        {
            Assert.Equal(expected.Count, seen.Count);
        }
        else
        {
            Assert.Equal(expected, seen);
        }
    }

    /// <summary>A source that says when it has been linked.</summary>
    private sealed class Announcing<T>(ISourceBlock<T> source) : ISourceBlock<T>
    {
        private readonly TaskCompletionSource _linked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Linked => _linked.Task;

        public Task Completion => source.Completion;

        public IDisposable LinkTo(ITargetBlock<T> target, DataflowLinkOptions linkOptions)
        {
            IDisposable link = source.LinkTo(target, linkOptions);
            _linked.SetResult();
            return link;
        }

        public T? ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<T> target, out bool messageConsumed) =>
            source.ConsumeMessage(messageHeader, target, out messageConsumed);

        public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<T> target) => source.ReserveMessage(messageHeader, target);

        public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<T> target) => source.ReleaseReservation(messageHeader, target);

        public void Complete() => source.Complete();

        public void Fault(Exception exception) => source.Fault(exception);
    }
}

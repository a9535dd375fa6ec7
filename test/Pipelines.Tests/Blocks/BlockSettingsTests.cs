using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Blocks;

/// <summary>What means nothing for a block is refused at the call, by name; what means something is taken.</summary>
public sealed class BlockSettingsTests
{
    private static readonly Pipeline<int> s_source = Pipeline.Range(0, 3);

    private static readonly Dictionary<string, BlockOptions> s_settings = new()
    {
        ["Parallelism"] = new() { Parallelism = 2 },
        ["Timeout"] = new() { Timeout = TimeSpan.FromSeconds(1) },
        ["Capacity"] = new() { Capacity = 2 },
        ["OnError"] = new() { OnError = ErrorPolicy.Skip },
        ["Threads"] = new() { Threads = WorkerThreads.Dedicated },
        ["AdaptiveParallelism"] = new() { AdaptiveParallelism = new() },
    };

    private static readonly Dictionary<string, (string Taken, Action<BlockOptions> Call)> s_blocks = new()
    {
        ["Select"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism", o => s_source.Select(x => x, o)),
        ["Select with a worker"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism", o => s_source.Select(() => "", (_, x) => x, o)),
        ["Where"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism", o => s_source.Where(_ => true, o)),
        ["SelectMany"] = ("Parallelism Capacity OnError Threads", o => s_source.SelectMany(x => (int[])[x], o)),
        ["Do"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism", o => s_source.Do(_ => { }, o)),
        ["ForEach"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism", o => s_source.ForEach(_ => { }, o)),
        ["SelectAsync"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism Timeout", o => s_source.SelectAsync(x => new ValueTask<int>(x), o)),
        ["WhereAsync"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism Timeout", o => s_source.WhereAsync(_ => new ValueTask<bool>(true), o)),
        ["ForEachAsync"] = ("Parallelism Capacity OnError Threads AdaptiveParallelism Timeout", o => s_source.ForEachAsync(_ => default(ValueTask), o)),
        ["SelectManyAsync"] = ("Parallelism Capacity OnError Threads", o => s_source.SelectManyAsync(x => s_source.ReadAllAsync(), o)),
        ["Scan"] = ("OnError", o => s_source.Scan(0, (sum, x) => sum + x, o)),
        ["Scan anew"] = ("OnError", o => s_source.Scan(() => 0, (sum, x) => sum + x, o)),
        ["TakeWhile"] = ("OnError", o => s_source.TakeWhile(_ => true, o)),
        ["TakeUntil"] = ("OnError", o => s_source.TakeUntil(_ => true, o)),
        ["SkipWhile"] = ("OnError", o => s_source.SkipWhile(_ => true, o)),
        ["Distinct"] = ("OnError", o => s_source.Distinct(o)),
        ["DistinctBy"] = ("OnError", o => s_source.DistinctBy(x => x, o)),
        ["DistinctBy with a comparer"] = ("OnError", o => s_source.DistinctBy(x => x, EqualityComparer<int>.Default, o)),
        ["Cast"] = ("OnError", o => s_source.Cast<object>(o)),
        ["Fuse"] = ("OnError", o => s_source.Fuse<int>(() => throw new InvalidOperationException(), o)),
        ["When"] = ("OnError", o => s_source.When(_ => true, b => b.ForEach(_ => { }), o)),
        ["Partition"] = ("OnError", o => s_source.Partition(x => x, 2, lane => lane, o)),
        ["To an observer"] = ("OnError", o => s_source.To(new Deaf(), o)),
        ["Take"] = ("", o => s_source.Take(1, o)),
        ["Skip"] = ("", o => s_source.Skip(1, o)),
        ["OfType"] = ("", o => s_source.OfType<int>(o)),
        ["Append"] = ("", o => s_source.Append(1, o)),
        ["Prepend"] = ("", o => s_source.Prepend(1, o)),
        ["Index"] = ("", o => s_source.Index(o)),
        ["Pairwise"] = ("", o => s_source.Pairwise(o)),
        ["Window"] = ("", o => s_source.Window(2, 1, o)),
        ["Batch"] = ("", o => s_source.Batch(2, o)),
        ["Buffer"] = ("", o => s_source.Buffer(2, o)),
        ["Buffer that drops"] = ("", o => s_source.Buffer(2, BoundedChannelFullMode.DropOldest, o)),
        ["Tee"] = ("", o => s_source.Tee(b => b.ForEach(_ => { }), o)),
        ["Batch by age"] = ("Capacity", o => s_source.Batch(2, TimeSpan.Zero, o)),
        ["Batch by weight"] = ("Capacity OnError", o => s_source.Batch(2, _ => 1, options: o)),
        ["Transform"] = ("Capacity", o => s_source.Transform((ChannelReader<int> _, ChannelWriter<int> _, CancellationToken _) => Task.CompletedTask, o)),
        ["Transform iterator"] = ("Capacity", o => s_source.Transform((items, _) => items, o)),
        ["Consume"] = ("Capacity", o => s_source.Consume((_, _) => Task.CompletedTask, o)),
        ["To a channel"] = ("Capacity", o => s_source.To(Channel.CreateUnbounded<int>().Writer, o)),
        ["To a block"] = ("Capacity", o => s_source.To(new BufferBlock<int>(), o)),
        ["Through a block"] = ("Capacity", o => s_source.Through(new BufferBlock<int>(), o)),
    };

    private static readonly Dictionary<string, (bool Waits, bool IsPushed, Func<ProducerOptions, Pipeline<int>> Make)> s_producers = new()
    {
        ["From"] = (false, false, o => Pipeline.From((int[])[1], o)),
        ["From an asynchronous sequence"] = (false, false, o => Pipeline.From(s_source.ReadAllAsync(), o)),
        ["From a reader"] = (false, false, o => Pipeline.From(Channel.CreateUnbounded<int>().Reader, o)),
        ["ToPipeline"] = (false, false, o => ((int[])[1]).ToPipeline(o)),
        ["Range"] = (false, false, o => Pipeline.Range(0, 1, o)),
        ["Produce"] = (true, false, o => Pipeline.Produce<int>((_, _) => Task.CompletedTask, o)),
        ["From a block"] = (true, false, o => Pipeline.From(new BufferBlock<int>(), o)),
        ["From an observable"] = (true, true, o => Pipeline.From(s_source.ToObservable(), o)),
    };

    public static TheoryData<string> Blocks() => [.. s_blocks.Keys];

    public static TheoryData<string> Producers() => [.. s_producers.Keys];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Block_SettingThatMeansNothing_IsRefusedByName(string block)
    {
        (string taken, Action<BlockOptions> call) = s_blocks[block];
        foreach ((string setting, BlockOptions options) in s_settings)
        {
            if (taken.Split(' ').Contains(setting))
            {
                call(options);
                continue;
            }

            ArgumentException refusal = Assert.Throws<ArgumentException>("options", () => call(options));
            Assert.StartsWith(setting, refusal.Message, StringComparison.Ordinal);
            Assert.Contains(block.Split(' ')[0], refusal.Message, StringComparison.Ordinal);
        }

        call(new() { Name = "named", Ordered = false });
    }

    [Theory]
    [MemberData(nameof(Producers))]
    public void Producer_SettingThatMeansNothing_IsRefusedByName(string producer)
    {
        (bool waits, bool isPushed, Func<ProducerOptions, Pipeline<int>> make) = s_producers[producer];
        AssertRefused("Capacity", new() { Capacity = 2 }, !waits);
        AssertRefused("WhenFull", new() { WhenFull = ObservableOverflow.DropOldest }, !isPushed);
        Assert.Equal("named", make(new() { Name = "named" }).ForEach(_ => { }).Graph.Blocks[0].Name);

        void AssertRefused(string setting, ProducerOptions settings, bool isRefused)
        {
            if (isRefused)
            {
                Assert.StartsWith(setting, Assert.Throws<ArgumentException>("options", () => make(settings)).Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.NotNull(make(settings));
            }
        }
    }

    [Fact]
    public void Produce_Capacity_BoundsTheLinkBehindIt()
    {
        Pipeline<int> produced = Pipeline.Produce<int>((_, _) => Task.CompletedTask, new() { Name = "produce", Capacity = 5 });

        Assert.Equal(5, Assert.Single(produced.ForEach(_ => { }).Graph.Links).Capacity);
        Assert.Equal([5L, 2L], produced.Buffer(2).ForEach(_ => { }).Graph.Links.Select(link => link.Capacity!.Value));
        Assert.Equal(256, Assert.Single(Pipeline.Produce<int>((_, _) => Task.CompletedTask).ForEach(_ => { }).Graph.Links).Capacity);
    }

    private sealed class Deaf : IObserver<int>
    {
        public void OnNext(int value)
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>Bad arguments are refused at the call that has them, by name: not when the pipeline runs.</summary>
public sealed class ArgumentTests
{
    private static readonly Pipeline<int> s_source = Pipeline.Range(0, 3);
    private static readonly BlockOptions s_options = new();

    private static readonly Dictionary<string, (string Parameter, Action Call)> s_nulls = new()
    {
        ["From enumerable"] = ("source", () => Pipeline.From((IEnumerable<int>)null!)),
        ["From async enumerable"] = ("source", () => Pipeline.From((IAsyncEnumerable<int>)null!)),
        ["From reader"] = ("source", () => Pipeline.From((ChannelReader<int>)null!)),
        ["Produce"] = ("produce", () => Pipeline.Produce<int>(null!)),
        ["Merge with"] = ("others", () => s_source.Merge(s_source, null!)),
        ["Concat with"] = ("others", () => s_source.Concat(s_source, null!)),
        ["Zip with"] = ("other", () => s_source.Zip((Pipeline<int>)null!)),
        ["ToPipeline"] = ("source", () => ((int[])null!).ToPipeline()),
        ["ToPipeline of a reader"] = ("source", () => ((ChannelReader<int>)null!).ToPipeline()),
        ["ToPipeline of an async enumerable"] = ("source", () => ((IAsyncEnumerable<int>)null!).ToPipeline()),
        ["Merge one"] = ("inputs", () => Pipeline.Merge(s_source, null!)),
        ["Concat one"] = ("inputs", () => Pipeline.Concat(s_source, null!)),
        ["Zip first"] = ("first", () => Pipeline.Zip((Pipeline<int>)null!, s_source)),
        ["Zip second"] = ("second", () => Pipeline.Zip(s_source, (Pipeline<int>)null!)),
        ["Select"] = ("selector", () => s_source.Select((Func<int, int>)null!)),
        ["Select with options"] = ("selector", () => s_source.Select((Func<int, int>)null!, s_options)),
        ["Fuse"] = ("create", () => s_source.Fuse<int>(null!)),
        ["Scan anew"] = ("createSeed", () => s_source.Scan((Func<int>)null!, (sum, x) => sum + x)),
        ["Scan anew accumulator"] = ("accumulator", () => s_source.Scan(() => 0, null!)),
        ["DistinctBy with a comparer"] = ("keySelector", () => s_source.DistinctBy((Func<int, int>)null!, EqualityComparer<int>.Default)),
        ["ToArrayAsync options"] = ("options", () => _ = s_source.ToArrayAsync(options: null!)),
        ["ToDictionaryAsync"] = ("keySelector", () => _ = s_source.ToDictionaryAsync((Func<int, int>)null!)),
        ["ToDictionaryAsync values"] = ("valueSelector", () => _ = s_source.ToDictionaryAsync(x => x, (Func<int, int>)null!)),
        ["ToDictionaryAsync options"] = ("options", () => _ = s_source.ToDictionaryAsync(x => x, options: null!)),
        ["Select worker"] = ("createWorker", () => s_source.Select((Func<string>)null!, (_, x) => x)),
        ["Select with worker"] = ("selector", () => s_source.Select(() => "", (Func<string, int, int>)null!)),
        ["Where"] = ("predicate", () => s_source.Where((Func<int, bool>)null!)),
        ["Do"] = ("action", () => s_source.Do((Action<int>)null!)),
        ["Scan"] = ("accumulator", () => s_source.Scan(0, null!)),
        ["SelectMany"] = ("selector", () => s_source.SelectMany((Func<int, IEnumerable<int>>)null!)),
        ["TakeWhile"] = ("predicate", () => s_source.TakeWhile(null!)),
        ["TakeUntil"] = ("sentinel", () => s_source.TakeUntil(null!)),
        ["SkipWhile"] = ("predicate", () => s_source.SkipWhile(null!)),
        ["DistinctBy"] = ("keySelector", () => s_source.DistinctBy((Func<int, int>)null!)),
        ["Batch by weight"] = ("weigh", () => s_source.Batch(1, (Func<int, long>)null!)),
        ["SelectAsync"] = ("selector", () => s_source.SelectAsync((Func<int, ValueTask<int>>)null!)),
        ["SelectAsync task"] = ("selector", () => s_source.SelectAsync((Func<int, Task<int>>)null!)),
        ["SelectAsync token"] = ("selector", () => s_source.SelectAsync((Func<int, CancellationToken, ValueTask<int>>)null!)),
        ["SelectAsync task, token"] = ("selector", () => s_source.SelectAsync((Func<int, CancellationToken, Task<int>>)null!)),
        ["SelectAsync worker"] = ("createWorker", () => s_source.SelectAsync((Func<string>)null!, (_, x) => new ValueTask<int>(x))),
        ["SelectAsync with worker"] = ("selector", () => s_source.SelectAsync(() => "", (Func<string, int, ValueTask<int>>)null!)),
        ["SelectAsync with worker, task"] = ("selector", () => s_source.SelectAsync(() => "", (Func<string, int, Task<int>>)null!)),
        ["WhereAsync"] = ("predicate", () => s_source.WhereAsync((Func<int, ValueTask<bool>>)null!)),
        ["WhereAsync task"] = ("predicate", () => s_source.WhereAsync((Func<int, Task<bool>>)null!)),
        ["WhereAsync token"] = ("predicate", () => s_source.WhereAsync((Func<int, CancellationToken, ValueTask<bool>>)null!)),
        ["WhereAsync task, token"] = ("predicate", () => s_source.WhereAsync((Func<int, CancellationToken, Task<bool>>)null!)),
        ["SelectManyAsync"] = ("selector", () => s_source.SelectManyAsync((Func<int, IAsyncEnumerable<int>>)null!)),
        ["SelectManyAsync token"] = ("selector", () => s_source.SelectManyAsync((Func<int, CancellationToken, IAsyncEnumerable<int>>)null!)),
        ["Transform"] = ("transform", () => s_source.Transform((Func<ChannelReader<int>, ChannelWriter<int>, CancellationToken, Task>)null!)),
        ["Transform iterator"] = ("transform", () => s_source.Transform((Func<IAsyncEnumerable<int>, CancellationToken, IAsyncEnumerable<int>>)null!)),
        ["Tee"] = ("branch", () => s_source.Tee(null!)),
        ["When predicate"] = ("predicate", () => s_source.When(null!, b => b.ForEach(_ => { }))),
        ["When branch"] = ("branch", () => s_source.When(_ => true, null!)),
        ["Partition key"] = ("key", () => s_source.Partition((Func<int, int>)null!, 2, lane => lane)),
        ["Partition lane"] = ("lane", () => s_source.Partition(x => x, 2, (Func<Pipeline<int>, Pipeline<int>>)null!)),
        ["ForEach"] = ("action", () => s_source.ForEach((Action<int>)null!)),
        ["ForEachAsync"] = ("action", () => s_source.ForEachAsync((Func<int, ValueTask>)null!)),
        ["ForEachAsync task"] = ("action", () => s_source.ForEachAsync((Func<int, Task>)null!)),
        ["ForEachAsync token"] = ("action", () => s_source.ForEachAsync((Func<int, CancellationToken, ValueTask>)null!)),
        ["ForEachAsync task, token"] = ("action", () => s_source.ForEachAsync((Func<int, CancellationToken, Task>)null!)),
        ["Consume"] = ("consume", () => s_source.Consume(null!)),
        ["To"] = ("writer", () => s_source.To((System.Threading.Channels.ChannelWriter<int>)null!)),
        ["AggregateAsync"] = ("accumulator", () => _ = s_source.AggregateAsync(0, null!)),
        ["AggregateAsync options"] = ("options", () => _ = s_source.AggregateAsync(0, (sum, x) => sum + x, options: null!)),
        ["ToListAsync options"] = ("options", () => _ = s_source.ToListAsync(options: null!)),
        ["CountAsync options"] = ("options", () => _ = s_source.CountAsync(options: null!)),
        ["LongCountAsync options"] = ("options", () => _ = s_source.LongCountAsync(options: null!)),
        ["FirstAsync options"] = ("options", () => _ = s_source.FirstAsync(options: null!)),
        ["FirstOrDefaultAsync options"] = ("options", () => _ = s_source.FirstOrDefaultAsync(options: null!)),
        ["ReadAllAsync options"] = ("options", () => s_source.ReadAllAsync(options: null!)),
        ["RunAsync options"] = ("options", () => _ = s_source.ForEach(_ => { }).RunAsync(options: null!)),
        ["GetGraph options"] = ("options", () => s_source.ForEach(_ => { }).GetGraph(null!)),
        ["OnError"] = ("OnError", () => _ = new PipelineOptions { OnError = null! }),
        ["TimeProvider"] = ("TimeProvider", () => _ = new PipelineOptions { TimeProvider = null! }),
    };

    private static readonly Dictionary<string, (string Parameter, Action Call)> s_numbers = new()
    {
        ["Range -1"] = ("count", () => Pipeline.Range(0, -1)),
        ["Range above the last integer"] = ("count", () => Pipeline.Range(int.MaxValue, 2)),
        ["Take -1"] = ("count", () => s_source.Take(-1)),
        ["Skip -1"] = ("count", () => s_source.Skip(-1)),
        ["Window 0"] = ("size", () => s_source.Window(0)),
        ["Window step 0"] = ("step", () => s_source.Window(1, 0)),
        ["Batch 0"] = ("size", () => s_source.Batch(0)),
        ["Batch 0 by age"] = ("size", () => s_source.Batch(0, TimeSpan.Zero)),
        ["Batch of negative age"] = ("maxAge", () => s_source.Batch(1, TimeSpan.FromTicks(-1))),
        ["Batch of weight 0"] = ("maxWeight", () => s_source.Batch(0, _ => 1)),
        ["Batch by weight of negative age"] = ("maxAge", () => s_source.Batch(1, _ => 1, TimeSpan.FromTicks(-1))),
        ["Buffer 0"] = ("capacity", () => s_source.Buffer(0)),
        ["Buffer mode"] = ("fullMode", () => s_source.Buffer(1, (BoundedChannelFullMode)99)),
        ["Partition 0"] = ("lanes", () => s_source.Partition(x => x, 0, lane => lane)),
        ["Producer capacity 0"] = ("Capacity", () => _ = new ProducerOptions { Capacity = 0 }),
        ["WhenFull"] = ("WhenFull", () => _ = new ProducerOptions { WhenFull = (ObservableOverflow)7 }),
        ["Parallelism 0"] = ("Parallelism", () => _ = new BlockOptions { Parallelism = 0 }),
        ["Block capacity 0"] = ("Capacity", () => _ = new BlockOptions { Capacity = 0 }),
        ["Timeout 0"] = ("Timeout", () => _ = new BlockOptions { Timeout = TimeSpan.Zero }),
        ["Run capacity 0"] = ("Capacity", () => _ = new PipelineOptions { Capacity = 0 }),
    };

    public static TheoryData<string> Nulls() => new(s_nulls.Keys);

    public static TheoryData<string> Numbers() => new(s_numbers.Keys);

    [Theory]
    [MemberData(nameof(Nulls))]
    public void Call_ArgumentIsNull_ThrowsWithItsName(string name) =>
        Assert.Equal(s_nulls[name].Parameter, Assert.Throws<ArgumentNullException>(s_nulls[name].Call).ParamName);

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Call_NumberIsOutOfRange_ThrowsWithItsName(string name) =>
        Assert.Equal(s_numbers[name].Parameter, Assert.Throws<ArgumentOutOfRangeException>(s_numbers[name].Call).ParamName);

    [Fact]
    public async Task StopAsync_NegativeDeadline_ThrowsWithItsName()
    {
        await using PipelineRun run = s_source.ForEach(_ => { }).Start();

        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(() => { _ = run.StopAsync(TimeSpan.FromSeconds(-2)); }).ParamName);
        await Ended.ReportAsync(run);
    }

    [Fact]
    public void Select_OptionsHaveATimeLimit_ThrowsWithTheirName()
    {
        var options = new BlockOptions { Timeout = TimeSpan.FromSeconds(1) };

        Assert.Equal("options", Assert.Throws<ArgumentException>(() => s_source.Select(x => x, options)).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentException>(() => s_source.Select(() => "", (_, x) => x, options)).ParamName);
    }

    [Fact]
    public async Task RunAsync_OneShotSourceWasUsed_ThrowsAtTheCall()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.Complete();
        Pipeline pipeline = Pipeline.From(channel.Reader).ForEach(_ => { });
        await Patience.WithAsync(pipeline.RunAsync());

        Assert.Throws<InvalidOperationException>(() => { _ = pipeline.RunAsync(); });
        Assert.Throws<InvalidOperationException>(() => pipeline.Start());
    }
}

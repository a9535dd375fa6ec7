using Microsoft.Extensions.Time.Testing;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Ends;

/// <summary><see cref="FailureMode.Drain"/>: what is in front of the failed item is delivered, through all later links, and nothing behind it.</summary>
public sealed class DrainTests
{
    private const int Failing = 33;

    private static readonly PipelineOptions s_draining = new() { WhenFailed = FailureMode.Drain(Timeout.InfiniteTimeSpan) };

    // What may stand behind the block that fails: links, batches that fill up, pools, branches, code.
    private static readonly Dictionary<string, Func<Pipeline<int>, Pipeline<int>>> s_behind = new()
    {
        ["nothing"] = p => p,
        ["buffers"] = p => p.Buffer(1).Where(_ => true).Buffer(3),
        ["batch"] = p => p.Batch(4).SelectMany(x => x, new() { Name = "again" }),
        ["batch by age"] = p => p.Buffer(2).Batch(1000, TimeSpan.FromHours(1)).SelectMany(x => x, new() { Name = "again" }),
        ["pool"] = p => p.SelectAsync(YieldAsync, new() { Parallelism = 3 }),
        ["pool of two items"] = p => p.Buffer(1).SelectAsync(YieldAsync, new() { Parallelism = 2, Capacity = 2 }).Batch(3).SelectMany(x => x, new() { Name = "again" }),
        ["sequences"] = p => p.SelectManyAsync(x => OneAsync(x), new() { Name = "again" }),
        ["pool of sequences"] = p => p.SelectManyAsync(x => OneAsync(x), new() { Name = "again", Parallelism = 3 }),
        ["tee"] = p => p.Tee(b => b.Batch(2).ForEach(_ => { })),
        ["code"] = p => p.Transform((items, _) => items),
        ["append"] = p => p.Buffer(1).Append(-1),
        ["concat"] = p => p.Concat(Pipeline.Range(-5, 5)),
        ["merge"] = p => p.Merge(Pipeline.Range(0, 0)),
        ["step"] = p => p.Fuse(() => new HoldsTwo(), new() { Name = "step" }),
    };

    public static TheoryData<BlockCase> Failures() => new(BlockCases.List.Where(block => block is { CanFail: true, Ordered: true, HasBranch: false }));

    public static TheoryData<BlockCase> Unordered() => new(BlockCases.List.Where(block => block is { CanFail: true, Ordered: false }));

    public static TheoryData<BlockCase> Branches() => new(BlockCases.List.Where(block => block is { CanFail: true, HasBranch: true }));

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Run_BlockFails_DeliversAllBeforeTheItemAndNothingBehindIt(BlockCase block)
    {
        int[] before = [.. block.Model(Enumerable.Range(0, Failing))];
        int[] all = [.. block.Model(Enumerable.Range(0, 100))];

        // What the block itself has kept of items in front of the failed one is its own, and comes back.
        int kept = block.Name == "Batch by weight" ? 20 : 0;
        foreach ((string name, Func<Pipeline<int>, Pipeline<int>> behind) in s_behind)
        {
            foreach (int capacity in (int[])[1, 2, 256])
            {
                var thrown = new InvalidDataException("item 33");
                List<int> consumed = [];
                int undelivered = 0;
                await using PipelineRun run = behind(block.Apply(Pipeline.From(Endless()), x => _ = x == Failing ? throw thrown : x)).ForEach(consumed.Add)
                    .Start(s_draining with { Capacity = capacity, OnUndelivered = _ => undelivered++ });
                string story = $"{block}, {name}, {capacity}";
                Exception? error = await Ended.ExceptionAsync(run, story);
                PipelineReport report = run.Snapshot();
                story += $"\nconsumed {string.Join(' ', consumed)}\n{report}";

                Assert.True(thrown == error, story);
                Assert.True(report.Outcome == RunOutcome.Failed && report.LaterFailures.Count == 0, story);
                Assert.True(consumed.Count >= before.Length - kept, $"Something in front of the failed item has not arrived. {story}");
                Assert.True(consumed.SequenceEqual(all.Take(consumed.Count)), $"Not a prefix. {story}");

                // A sequence may have yielded something before it failed.
                Assert.True(consumed.Count <= before.Length + 1, $"Something behind the failed item has arrived. {story}");
                Conservation.AssertHolds(report, story);
                Assert.True(report.Undelivered == undelivered, story);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Unordered))]
    public async Task Run_UnorderedBlockFails_DeliversWhatWasDone(BlockCase block)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            var thrown = new InvalidDataException("item 33");
            List<int> consumed = [];
            int undelivered = 0;
            await using PipelineRun run = block.Apply(Pipeline.From(Endless()), x => _ = x == Failing ? throw thrown : x).Buffer(2).Batch(4).SelectMany(x => x, new() { Name = "again" })
                .ForEach(consumed.Add).Start(s_draining with { Capacity = capacity, OnUndelivered = _ => undelivered++ });
            Exception? error = await Ended.ExceptionAsync(run, $"{block}, {capacity}");
            PipelineReport report = run.Snapshot();

            Assert.Same(thrown, error);
            Assert.Equal(consumed.Count, report.Blocks[^1].Out);
            Assert.Equal(report.Undelivered, undelivered);
            Conservation.AssertHolds(report, $"{block}, {capacity}");

            // Whatever has left the block has arrived: nothing is left over behind it.
            int at = report.Blocks.ToList().FindIndex(one => one.Name == run.Failure!.Block);
            Assert.All(report.Blocks.Skip(at + 1), one => Assert.True(one.Undelivered == 0, $"{block}, {capacity}\n{report}"));
        }
    }

    [Theory]
    [MemberData(nameof(Branches))]
    public async Task Run_BranchFails_MainLineIsDelivered(BlockCase block)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            var thrown = new InvalidDataException("item 33");
            List<int> consumed = [];
            await using PipelineRun run = block.Apply(Pipeline.From(Endless()), x => _ = x == Failing ? throw thrown : x).Buffer(2).Batch(4).SelectMany(x => x, new() { Name = "again" })
                .ForEach(consumed.Add).Start(s_draining with { Capacity = capacity });
            Exception? error = await Ended.ExceptionAsync(run, $"{block}, {capacity}");

            Assert.Same(thrown, error);
            Assert.Equal(block.Model(Enumerable.Range(0, 10_000)).Take(consumed.Count), consumed);
            Assert.True(consumed.Count >= block.Model(Enumerable.Range(0, Failing)).Count(), $"{block}, {capacity}: {consumed.Count}");
            Conservation.AssertHolds(run.Snapshot(), $"{block}, {capacity}");
        }
    }

    [Theory]
    [InlineData("sequence")]
    [InlineData("asynchronous sequence")]
    [InlineData("code")]
    [InlineData("code completes its writer")]
    [InlineData("transform completes its writer")]
    public async Task Run_SourceFails_DeliversAllBefore(string source)
    {
        foreach ((string name, Func<Pipeline<int>, Pipeline<int>> behind) in s_behind)
        {
            foreach (int capacity in (int[])[1, 2, 256])
            {
                var thrown = new InvalidDataException("no more");
                List<int> consumed = [];
                Pipeline<int> producer = source switch
                {
                    "sequence" => Pipeline.From(Items(thrown)),
                    "asynchronous sequence" => Pipeline.From(ItemsAsync(thrown)),
                    "transform completes its writer" => Pipeline.Range(0, 20).Transform<int>(async (reader, writer, token) =>
                    {
                        for (int i = 0; i < 20; i++)
                        {
                            await writer.WriteAsync(await reader.ReadAsync(token), token);
                        }

                        writer.Complete(thrown);
                    }),
                    _ => Pipeline.Produce<int>(async (writer, token) =>
                    {
                        for (int i = 0; i < 20; i++)
                        {
                            await writer.WriteAsync(i, token);
                        }

                        if (source == "code")
                        {
                            throw thrown;
                        }

                        writer.Complete(thrown);
                    }),
                };
                await using PipelineRun run = behind(producer).ForEach(consumed.Add).Start(s_draining with { Capacity = capacity });
                Exception? error = await Ended.ExceptionAsync(run, $"{source}, {name}, {capacity}");

                Assert.Same(thrown, error);
                Assert.True(Enumerable.Range(0, 20).SequenceEqual(consumed), $"{source}, {name}, {capacity}: {string.Join(' ', consumed)}\n{run.Snapshot()}");
                Assert.Equal(0, run.Snapshot().Undelivered);
                Conservation.AssertHolds(run.Snapshot());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(256)]
    public async Task Run_PartialBatchInFrontOfTheFailedBlock_IsGivenBackAndOneBehindItIsDelivered(int capacity)
    {
        var thrown = new InvalidDataException("batch 2");
        List<object?> back = [];
        List<int[]> delivered = [];
        int batches = 0;
        await using PipelineRun run = Pipeline.From(Endless())
            .Take(11)
            .Batch(3)
            .Do(_ => batches += batches == 2 ? throw thrown : 1, new() { Name = "failing" })
            .Buffer(2)
            .Batch(5)
            .ForEach(outer => delivered.AddRange(outer))
            .Start(s_draining with { Capacity = capacity, OnUndelivered = item => back.Add(item.Item) });
        Exception? error = await Ended.ExceptionAsync(run);

        Assert.Same(thrown, error);
        Assert.Equal([[0, 1, 2], [3, 4, 5]], delivered);
        Assert.All(back, item => Assert.IsType<int>(item));
        Assert.Equal(run.Snapshot().Undelivered, back.Count);
        Conservation.AssertHolds(run.Snapshot());
    }

    [Theory]
    [InlineData("time-out")]
    [InlineData("abort")]
    [InlineData("cancel")]
    [InlineData("second failure")]
    [InlineData("stop")]
    public async Task Run_DrainDoesNotEnd_IsCutShortAndKeepsItsFailure(string cut)
    {
        var thrown = new InvalidDataException("first");
        var second = new InvalidOperationException("second");
        var time = new FakeTimeProvider();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new CancellationTokenSource();
        int undelivered = 0;
        await using PipelineRun run = Pipeline.From(Endless())
            .SelectAsync(async x =>
            {
                await (x == 10 ? held.Task : Task.CompletedTask);
                return x == 10 ? throw thrown : x;
            })
            .Buffer(20)
            .ForEachAsync(async (x, token) =>
            {
                if (x == 5)
                {
                    held.TrySetResult();
                    token.Register(() => release.TrySetCanceled(token));
                    await release.Task;
                    throw second;
                }
            })
            .Start(new PipelineOptions { TimeProvider = time, WhenFailed = FailureMode.Drain(TimeSpan.FromSeconds(9)), OnUndelivered = _ => undelivered++ }, source.Token);
        Assert.True(SpinWait.SpinUntil(() => run.Failure is not null, TimeSpan.FromSeconds(60)));
        Assert.False(run.Completion.IsCompleted);
        switch (cut)
        {
            case "time-out":
                Assert.True(SpinWait.SpinUntil(() => Advanced(time, run), TimeSpan.FromSeconds(60)));
                break;
            case "abort":
                run.Abort();
                break;
            case "cancel":
                await source.CancelAsync();
                break;
            case "stop":
                _ = run.StopAsync(TimeSpan.Zero);
                break;
            default:
                release.SetResult();
                break;
        }

        Exception? error = await Ended.ExceptionAsync(run, cut);
        PipelineReport report = run.Snapshot();

        Assert.Same(thrown, error);
        Assert.Equal(RunOutcome.Failed, report.Outcome);
        if (cut == "second failure")
        {
            Assert.Same(second, Assert.Single(report.LaterFailures).Exception);
        }

        Assert.True(report.Undelivered >= 4, report.ToString());
        Assert.Equal(report.Undelivered, undelivered);
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public async Task Run_DrainOfNoTime_Aborts()
    {
        var thrown = new InvalidDataException();
        await using PipelineRun run = Pipeline.From(Endless()).Do(x => _ = x == Failing ? throw thrown : x).Buffer(3).ForEach(_ => { })
            .Start(new PipelineOptions { WhenFailed = FailureMode.Drain(TimeSpan.Zero) });

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Conservation.AssertHolds(run.Snapshot());
    }

    private static bool Advanced(FakeTimeProvider time, PipelineRun run)
    {
        time.Advance(TimeSpan.FromSeconds(9)); // the timer may not be set yet
        return run.Completion.IsCompleted;
    }

    private static async ValueTask<int> YieldAsync(int item)
    {
        await Task.Yield();
        return item;
    }

    private static async IAsyncEnumerable<int> OneAsync(int item)
    {
        await Task.Yield();
        yield return item;
    }

    private static IEnumerable<int> Endless()
    {
        for (int i = 0; ; i++)
        {
            yield return i;
        }
    }

    private static IEnumerable<int> Items(Exception thrown)
    {
        for (int i = 0; i < 20; i++)
        {
            yield return i;
        }

        throw thrown;
    }

    private static async IAsyncEnumerable<int> ItemsAsync(Exception thrown)
    {
        for (int i = 0; i < 20; i++)
        {
            await Task.Yield();
            yield return i;
        }

        throw thrown;
    }

    /// <summary>Keeps up to two items, and gives them when the input ends.</summary>
    private sealed class HoldsTwo : IStep<int, int>
    {
        private readonly Queue<int> _items = new();

        public bool TryNext(int item, out int result)
        {
            _items.Enqueue(item);
            result = 0;
            return _items.Count > 2 && _items.TryDequeue(out result);
        }

        public bool TryFlush(out int result) => _items.TryDequeue(out result);
    }
}

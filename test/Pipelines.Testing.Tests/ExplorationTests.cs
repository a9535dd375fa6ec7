using System.Globalization;

namespace Pipelines.Testing.Tests;

/// <summary>Every promise that one thread can show, over many interleavings of many shapes. <c>PIPELINES_EXPLORE</c> says how many of each; default
/// 1,400.</summary>
public sealed class ExplorationTests
{
    private const int Items = 12;

    private static readonly BlockOptions s_pool = new() { Parallelism = 3, Capacity = 4 };
    private static readonly BlockOptions s_adaptive = new() { AdaptiveParallelism = new() { Minimum = 2, Maximum = 4 }, Capacity = 4 };
    private static readonly BlockOptions s_unordered = s_pool with { Ordered = false };

    private static readonly Dictionary<string, Shape> s_shapes = new()
    {
        ["linear"] = new(p => p.Select(x => x + 1).Buffer(2).Where(_ => true), x => x + 1),
        ["pool"] = new(p => p.SelectAsync(LaterAsync, s_pool), x => x),
        ["unordered pool"] = new(p => p.SelectAsync(LaterAsync, s_unordered), x => x) { Ordered = false },
        ["synchronous pool"] = new(p => p.Select(x => x, s_pool), x => x),
        ["pool and batch"] = new(p => p.SelectAsync(LaterAsync, s_pool).Batch(5).SelectMany(x => x, new() { Name = "flatten" }), x => x) { Holds = true },
        ["several sequences"] = new(p => p.SelectManyAsync(OneAsync, s_pool with { Name = "flatten" }), x => x),
        ["several sequences, unordered"] = new(p => p.SelectManyAsync(OneAsync, s_unordered with { Name = "flatten" }), x => x) { Ordered = false },
        ["several synchronous sequences"] = new(p => p.SelectMany(x => (int[])[x], s_pool with { Name = "flatten" }), x => x),
        ["several synchronous sequences, unordered"] = new(p => p.SelectMany(x => (int[])[x], s_unordered with { Name = "flatten" }), x => x)
        {
            Ordered = false,
        },
        ["adaptive pool"] = new(p => p.SelectAsync(LaterAsync, s_adaptive), x => x),
        ["adaptive synchronous pool, unordered"] = new(p => p.Select(x => x, s_adaptive with { Ordered = false }), x => x) { Ordered = false },
        ["adaptive section"] = new(p => p.Parallel(s => s.SelectAsync(LaterAsync).Select(x => x), s_adaptive), x => x),
        ["section"] = new(p => p.Parallel(s => s.Where(_ => true).SelectAsync(LaterAsync).Select(x => x), s_pool), x => x),
        ["section, unordered"] = new(p => p.Parallel(s => s.Where(_ => true).SelectAsync(LaterAsync).Select(x => x), s_unordered), x => x) { Ordered = false },
        ["section of sequences"] = new(
            p => p.Parallel(s => s.SelectMany(x => (int[])[x], new() { Name = "flatten" }).SelectManyAsync(OneAsync, new() { Name = "flatten" }), s_pool),
            x => x),
        ["synchronous section"] = new(p => p.Parallel(s => s.Select(x => x + 1).Where(_ => true), s_pool with { Capacity = 2 }), x => x + 1),
        ["section with workers and letters"] = new(
            p => p.Parallel(
                s => s.Select(() => new MemoryStream(), (_, x) => x).SelectMany(x => (int[])[x, -1], new() { Name = "flatten" })
                    .Select(x => x < 0 ? throw new InvalidDataException() : x, new() { OnError = ErrorPolicy.Skip }).SelectAsync(LaterAsync),
                s_pool),
            x => x),
        ["section that expands, unordered"] = new(
            p => p.Parallel(s => s.SelectMany(x => (int[])[3 * x, (3 * x) + 1, (3 * x) + 2], new() { Name = "flatten" }).SelectAsync(LaterAsync), s_unordered)
                .Where(x => x % 3 == 0),
            x => 3 * x)
        {
            Ordered = false,
        },
        ["section in a broadcast"] = new(
            p => p.Broadcast(
                a => a.Where(x => x % 2 == 0).Parallel(s => s.SelectAsync(LaterAsync).Select(x => x), s_pool), b => b.Where(x => x % 2 == 1)).Merge(),
            x => x)
        {
            Ordered = false,
        },
        ["broadcast and zip"] = new(
            p => p.Broadcast(a => a.SelectAsync(LaterAsync), b => b.Select(x => x)).Zip().Select(both => both[0]), x => x)
        { Holds = true },
        ["broadcast and merge"] = new(p => p.Broadcast(a => a.Where(x => x % 2 == 0), b => b.Where(x => x % 2 == 1).SelectAsync(LaterAsync)).Merge(), x => x)
        {
            Ordered = false,
        },
        ["batch by age"] = new(p => p.Batch(5, TimeSpan.FromSeconds(1)).SelectMany(x => x, new() { Name = "flatten" }), x => x) { Holds = true },
        ["tee"] = new(p => p.Tee(branch => branch.Buffer(1).ForEach(_ => { })), x => x),
        ["when"] = new(p => p.When(x => x < 0, branch => branch.ForEach(_ => { })), x => x),
        ["merge"] = new(p => Pipeline.Merge(p, Pipeline.Range(0, 0)), x => x),
        ["partition"] = new(p => p.Partition(x => x % 3, 2, lane => lane.SelectAsync(LaterAsync)), x => x) { Ordered = false },
        ["zip"] = new(p => Pipeline.Zip(p, Pipeline.Range(0, Items)).Select(pair => pair.First), x => x) { HasOtherSource = true, Holds = true },
        ["dead letter"] = new(p => p.SelectAsync(LaterAsync, s_pool with { OnError = ErrorPolicy.Skip }), x => x),
        ["code"] = new(p => p.Transform((items, _) => items, new() { Name = "rewrite" }), x => x),
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (string shape in s_shapes.Keys)
        {
            foreach (string ending in (string[])["end", "pause", "stop", "abort", "cancel", "fail"])
            {
                data.Add(shape, ending);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyInterleaving_KeepsItsPromises(string shape, string ending)
    {
        string? many = Environment.GetEnvironmentVariable("PIPELINES_EXPLORE");
        int iterations = many is { Length: > 0 } ? int.Parse(many, CultureInfo.InvariantCulture) : 1400; // of 156 cases: 218,400
        DeterministicScheduler.Explore(iterations, scheduler => CheckAsync(scheduler, s_shapes[shape], ending));
    }

    private static async Task CheckAsync(DeterministicScheduler scheduler, Shape shape, string ending)
    {
        using var cancellation = new CancellationTokenSource();
        var error = new InvalidDataException();
        List<int> seen = [];
        int yielded = 0;
        int returned = 0;
        PipelineRun? run = null;
        Task pausing = Task.CompletedTask;
        Pipeline<int> source = Pipeline.From(Source());
        run = scheduler.Watch(shape.Build(source).ForEachAsync(ConsumeAsync, new() { Capacity = 2, Name = "consume" })
            .Start(scheduler.Options with { Capacity = 2, OnUndelivered = _ => returned++ }, cancellation.Token));
        Exception? thrown = null;
        try
        {
            await run.Completion;
        }
        catch (Exception caught)
        {
            thrown = caught;
        }

        await pausing;
        PipelineReport report = run.Snapshot();
        int[] model = [.. Enumerable.Range(0, yielded).Select(shape.Model)];
        Assert.Equal(report.Undelivered, returned);
        Assert.True(
            shape.Ordered ? seen.SequenceEqual(model.Take(seen.Count)) : seen.Distinct().Count() == seen.Count && !seen.Except(model).Any(),
            $"{string.Join(' ', seen)}\n{report}");
        Assert.All(report.Blocks, block => Assert.True(
            block.Kind == BlockKind.Producer || block.Name.StartsWith("Batch", StringComparison.Ordinal)
                || block.Name.StartsWith("flatten", StringComparison.Ordinal)
                || block.Name.StartsWith("Zip", StringComparison.Ordinal) || block.Name == "rewrite"
                || block.In == block.Out + block.Filtered + block.Failed + block.Dropped + block.Undelivered,
            $"{block.Name}\n{report}"));
        switch (ending)
        {
            case "end" or "pause" or "stop":
                Assert.Null(thrown);
                Assert.True(seen.Order().SequenceEqual(model.Order()) || (shape.HasOtherSource && ending == "stop"), $"{string.Join(' ', seen)}\n{report}");
                Assert.Equal(ending == "stop" ? RunOutcome.Stopped : RunOutcome.Completed, report.Outcome);
                break;
            case "abort":
                Assert.Null(thrown);
                Assert.Equal(RunOutcome.Stopped, report.Outcome);
                break;
            case "cancel":
                Assert.Equal(cancellation.Token, Assert.IsAssignableFrom<OperationCanceledException>(thrown).CancellationToken);
                break;
            default:
                Assert.Same(error, thrown);
                Assert.Equal("consume", run.Failure?.Block);
                break;
        }

        IEnumerable<int> Source()
        {
            for (int i = 0; i < Items; i++)
            {
                yielded++;
                yield return i;
            }
        }

        async Task ConsumeAsync(int item)
        {
            await Task.Yield();
            if (seen.Count == 5)
            {
                switch (ending)
                {
                    case "pause":
                        pausing = PauseAndResumeAsync();
                        break;
                    case "stop":
                        _ = run!.StopAsync(Timeout.InfiniteTimeSpan);
                        break;
                    case "abort":
                        run!.Abort();
                        break;
                    case "cancel":
                        cancellation.Cancel();
                        break;
                    case "fail":
                        throw error;
                }
            }

            seen.Add(item);
        }

        async Task PauseAndResumeAsync()
        {
            await run!.PauseAsync();
            try
            {
                Assert.True(seen.Count == yielded || shape.Holds, $"{seen.Count} of {yielded} items have arrived.\n{run.Snapshot()}");
                int before = yielded;
                for (int i = 0; i < 20; i++)
                {
                    await Task.Yield();
                }

                Assert.Equal(before, yielded);
            }
            finally
            {
                run.Resume();
            }
        }
    }

    // A state a worker, combined in the end; directly, and as the end of a section.
    [Theory]
    [InlineData(false, "end")]
    [InlineData(true, "end")]
    [InlineData(false, "stop")]
    [InlineData(true, "stop")]
    [InlineData(false, "fail")]
    [InlineData(true, "fail")]
    public void Aggregate_AnyInterleaving_FoldsEachItemOnce(bool section, string ending) => DeterministicScheduler.Explore(700, async scheduler =>
    {
        var error = new InvalidDataException();
        List<int>? all = null;
        int yielded = 0;
        PipelineRun? run = null;
        Pipeline<int> source = Pipeline.From(Source());
        run = scheduler.Watch((section ? source.Parallel(s => s.SelectAsync(LaterAsync).Where(_ => true), s_pool) : source).Aggregate(
            () => new List<int>(), Fold, (some, others) => [.. some, .. others], list => all = list, s_pool).Start(scheduler.Options with { Capacity = 2 }));
        Exception? thrown = null;
        try
        {
            await run.Completion;
        }
        catch (InvalidDataException caught)
        {
            thrown = caught;
        }

        Assert.Equal(ending == "fail" ? error : null, thrown);
        Assert.Equal(ending == "fail" ? null : Enumerable.Range(0, yielded), all?.Order());

        List<int> Fold(List<int> list, int x)
        {
            if (x == 5 && ending == "fail")
            {
                throw error;
            }

            list.Add(x);
            return list;
        }

        IEnumerable<int> Source()
        {
            for (int i = 0; i < Items; i++)
            {
                if (i == 7 && ending == "stop")
                {
                    _ = run!.StopAsync(Timeout.InfiniteTimeSpan);
                }

                yielded++;
                yield return i;
            }
        }
    });

    private static async Task<int> LaterAsync(int item)
    {
        if (item % 3 > 0)
        {
            await Task.Yield();
        }

        return item;
    }

    private static async IAsyncEnumerable<int> OneAsync(int item)
    {
        await Task.Yield();
        yield return item;
    }

    private sealed record Shape(Func<Pipeline<int>, Pipeline<int>> Build, Func<int, int> Model)
    {
        public bool Ordered { get; init; } = true;

        /// <summary>A pause leaves items in it: they wait for more.</summary>
        public bool Holds { get; init; }

        /// <summary>A stop ends that too, at a moment of its own.</summary>
        public bool HasOtherSource { get; init; }
    }
}

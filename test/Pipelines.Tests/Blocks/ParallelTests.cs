namespace Pipelines.Tests.Blocks;

/// <summary>Several blocks in parallel: what the block contract does not say of a section.</summary>
public sealed class ParallelTests
{
    public static TheoryData<string, Func<Pipeline<int>, Pipeline<int>>, string> Refused() => new()
    {
        { "Take(3)", s => s.Take(3), "Take goes by the items before" },
        { "sum", s => s.Scan(0, (sum, x) => sum + x, new() { Name = "sum" }), "Scan goes by the items before" },
        { "keys", s => s.DistinctBy(x => x, comparer: null, new() { Name = "keys" }), "DistinctBy goes by the items before" },
        { "Batch(3)", s => s.Batch(3).Select(x => x[0]), "Batch goes by the items before" },
        { "Index", s => s.Index().Select(x => x.Item), "Index goes by the items before" },
        { "Zip", s => Pipeline.Zip(s, Pipeline.Range(0, 3)).Select(x => x.First), "Zip has an input besides the section's" },
        { "Merge", s => s.Merge(Pipeline.Range(0, 3)), "Merge has an input besides the section's" },
        { "Tee", s => s.Tee(branch => branch.ForEach(_ => { })), "A branch leaves the section" },
        { "even", s => s.When(x => x % 2 == 0, branch => branch.ForEach(_ => { }), new() { Name = "even" }), "A branch leaves the section" },
        { "Buffer(3)", s => s.Buffer(3), "Nothing waits between the blocks of a section" },
        { "code", s => s.Transform((items, _) => items, new() { Name = "code" }), "It is code over a whole stream" },
        { "pool", s => s.Select(x => x, new() { Name = "pool", Parallelism = 3 }), "Parallelism = 3 means nothing in a parallel section" },
        { "wide", s => s.SelectAsync(x => new ValueTask<int>(x), new() { Name = "wide", Capacity = 3 }), "Capacity means nothing in a parallel section" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Parallel_BlockThatMeansNothingThere_IsRefusedByNameAtTheCall(string block, Func<Pipeline<int>, Pipeline<int>> section, string why)
    {
        var error = Assert.Throws<ArgumentException>(() => Pipeline.Range(0, 3).Parallel(section, new() { Parallelism = 2 }));

        Assert.StartsWith($"The block '{block}", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parallel_BadArguments_AreRefusedAtTheCall()
    {
        Pipeline<int> numbers = Pipeline.Range(0, 3);
        Assert.Throws<ArgumentNullException>("section", () => numbers.Parallel((Func<Pipeline<int>, Pipeline<int>>)null!, new() { Parallelism = 2 }));
        Assert.Throws<ArgumentNullException>("options", () => numbers.Parallel(s => s.Select(x => x), null!));
        Assert.Throws<InvalidOperationException>(() => numbers.Parallel<int>(_ => null!, new() { Parallelism = 2 }));
        Assert.Contains(
            "no block",
            Assert.Throws<ArgumentException>("section", () => numbers.Parallel(s => s, new() { Parallelism = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("source of its own", Assert.Throws<ArgumentException>(
            () => numbers.Parallel(_ => Pipeline.Range(0, 3).Select(x => x), new() { Parallelism = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("OnError", Assert.Throws<ArgumentException>(
            () => numbers.Parallel(s => s.Select(x => x), new() { OnError = ErrorPolicy.Skip })).Message, StringComparison.Ordinal);
        Assert.Contains("cannot stand in another", Assert.Throws<ArgumentException>(() => numbers.Parallel(
            s => s.Parallel(inner => inner.Select(x => x), new() { Parallelism = 2 }), new() { Parallelism = 2 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfASection_ShowsEachBlockOnceWithTheSectionsParallelism()
    {
        Pipeline<int> pipeline = Pipeline.Range(0, 1000).Parallel(
            s => s.Select(x => x + 1, new() { Name = "first" }).SelectMany(x => (int[])[x, x], new() { Name = "second" })
                .Where(x => x % 2 == 0, new() { Name = "third" }),
            new() { Parallelism = 3 });
        Pipeline closed = pipeline.ForEach(_ => { }, new() { Name = "last" });
        PipelineReport report = await Patience.WithAsync(closed.RunAsync());

        Assert.Equal(["Range", "first", "second", "third", "last"], report.Blocks.Select(block => block.Name));
        Assert.Equal([1, 3, 3, 3, 1], report.Blocks.Select(block => block.Parallelism));
        Assert.Equal([(1000L, 1000L), (1000, 2000), (2000, 1000), (1000, 1000)], report.Blocks.Skip(1).Select(block => (block.In, block.Out)));
        Assert.Equal(1000, report.Blocks[3].Filtered);
        Assert.Equal([1, 3, 3, 3, 1], closed.Graph.Blocks.Select(block => block.Parallelism));
        Assert.Equal(2, closed.Graph.Islands.Count);
    }

    [Fact]
    public async Task Section_FailsInTheMiddleOfAnItem_DeliversWhatCameBefore()
    {
        for (int run = 0; run < 200; run++)
        {
            List<int> seen = [];
            PipelineRun started = Pipeline.Range(0, 100).Parallel(s => s.SelectMany(Three).Select(x => x), new() { Parallelism = 4, Capacity = 8 })
                .ForEach(seen.Add).Start();
            await using (started)
            {
                await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(started.Completion, started));
            }

            Assert.Equal(Enumerable.Range(0, 152), seen);
            Assert.Equal(50, started.Failure!.Item);
        }

        static IEnumerable<int> Three(int item)
        {
            yield return 3 * item;
            yield return (3 * item) + 1;
            yield return item == 50 ? throw new InvalidDataException() : (3 * item) + 2;
        }
    }

    [Fact]
    public async Task Section_ItemsThatFailAreLeftOut_GoesOnWithTheOthers()
    {
        int letters = 0;
        List<int> seen = await Patience.WithAsync(Pipeline.Range(0, 1000).Parallel(
            s => s.Select(x => x % 10 == 3 ? throw new InvalidDataException() : x, new() { OnError = ErrorPolicy.DeadLetter(_ => letters++) })
                .SelectAsync(async x => await Later(x), new() { OnError = ErrorPolicy.Skip }),
            new() { Parallelism = 4 }).ToListAsync());

        Assert.Equal(Enumerable.Range(0, 1000).Where(x => x % 10 is not 3 and not 7), seen);
        Assert.Equal(100, letters);

        static async ValueTask<int> Later(int x)
        {
            await Task.Yield();
            return x % 10 == 7 ? throw new InvalidDataException() : x;
        }
    }

    [Fact]
    public async Task Section_WithAResourceAWorker_DisposesEachOnce()
    {
        int made = 0;
        int disposed = 0;
        List<int> seen = await Patience.WithAsync(Pipeline.Range(0, 1000).Parallel(
            s => s.Select(() => new Resource(() => Interlocked.Increment(ref disposed), Interlocked.Increment(ref made)), (_, x) => x),
            new() { Parallelism = 4 }).ToListAsync());

        Assert.Equal(1000, seen.Count);
        Assert.InRange(made, 1, 4);
        Assert.Equal(made, disposed);
    }

    [Fact]
    public async Task Section_ResourceCannotBeMade_FailsTheRunAndNoItem()
    {
        PipelineRun run = Pipeline.Range(0, 100).Parallel(
            s => s.Select<Resource, int>(() => throw new InvalidDataException(), (_, x) => x, new() { Name = "made" }), new() { Parallelism = 3 })
            .ForEach(_ => { }).Start();
        await using (run)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(run.Completion, run));
        }

        Assert.Equal("made", run.Failure!.Block);
        Assert.Null(run.Failure.Item);
    }

    [Fact]
    public async Task Section_OfOneWorker_IsInTheLoopOfItsNeighbours()
    {
        Pipeline pipeline = Pipeline.Range(0, 10).Parallel(s => s.Select(x => x), new() { Parallelism = 1 }).ForEach(_ => { });

        Assert.Single(pipeline.Graph.Islands);
        Assert.Equal(10, (await Patience.WithAsync(pipeline.RunAsync())).Blocks[^1].Out);
    }

    // Each worker awaits an item: as many are under way as there are workers, and no more.
    [Fact]
    public async Task Section_Awaits_AsManyItemsAsThereAreWorkers()
    {
        int now = 0;
        int most = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Patience.WithAsync(Pipeline.Range(0, 40).Parallel(
            s => s.SelectAsync(async x =>
            {
                int under = Interlocked.Increment(ref now);
                InterlockedMax(ref most, under);
                if (under == 4)
                {
                    all.TrySetResult();
                }

                await all.Task;
                Interlocked.Decrement(ref now);
                return x;
            }),
            new() { Parallelism = 4 }).CountAsync());

        Assert.Equal(4, most);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen = Volatile.Read(ref most);
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) is var other && other != seen)
        {
            seen = other;
        }
    }

    private sealed class Resource(Action disposed, int number) : IDisposable
    {
        public int Number => number;

        public void Dispose() => disposed();
    }
}

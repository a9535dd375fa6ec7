namespace Pipelines.Tests.Execution;

/// <summary>The number of a pool's workers is set by hand while it runs.</summary>
public sealed class SetParallelismTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SetParallelism_More_SoManyAreAtWorkAtOnce(bool adaptive)
    {
        BlockOptions options = new() { Name = "work", Parallelism = adaptive ? 1 : 2, AdaptiveParallelism = adaptive ? new() : null };
        var twelve = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int atWork = 0;
        List<int> seen = [];
        await using PipelineRun run = Pipeline.Range(0, 100).SelectAsync(WorkAsync, options).ForEach(seen.Add).Start();
        run.SetParallelism("work", 12);
        await twelve.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(12, run.Snapshot().Blocks[1].Parallelism);
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(Enumerable.Range(0, 100), seen);
        Assert.Equal(12, report.Blocks[1].Parallelism);
        Assert.Equal(12, run.Snapshot().Blocks[1].Parallelism);

        async ValueTask<int> WorkAsync(int item)
        {
            if (Interlocked.Increment(ref atWork) == 12)
            {
                twelve.TrySetResult();
            }

            await twelve.Task;
            Interlocked.Decrement(ref atWork);
            return item;
        }
    }

    [Fact]
    public async Task SetParallelism_Fewer_TheOthersLieDownWhenTheyAreDone()
    {
        var gate = new SemaphoreSlim(0);
        var eight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0;
        int atWork = 0;
        int most = 0;
        int made = 0;
        int disposed = 0;
        await using PipelineRun run = Pipeline.Range(0, 200)
            .SelectAsync(() => new Owned(() => disposed++, Interlocked.Increment(ref made)), WorkAsync, new() { Name = "work", Parallelism = 8 })
            .ForEach(_ => { })
            .Start();
        await eight.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.SetParallelism("work", 2);
        gate.Release(200);
        await Ended.ReportAsync(run);

        Assert.InRange(most, 1, 2);
        Assert.Equal(8, made);
        Assert.Equal(8, disposed);

        async ValueTask<int> WorkAsync(Owned owned, int item, CancellationToken token)
        {
            if (Interlocked.Increment(ref begun) == 8)
            {
                eight.TrySetResult();
            }

            await gate.WaitAsync(token);
            bool isLater = item >= 8;
            int now = isLater ? Interlocked.Increment(ref atWork) : 0;
            lock (gate)
            {
                most = Math.Max(most, now);
            }

            await Task.Yield();
            if (isLater)
            {
                Interlocked.Decrement(ref atWork);
            }

            return item;
        }
    }

    [Fact]
    public async Task SetParallelism_BeforeItBeginsAndAfterTheEnd_DoesNoHarm()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, 10)
            .SelectAsync(async x => { await release.Task; return x; }, new() { Name = "work", Parallelism = 4 })
            .ForEach(_ => { })
            .Start();
        run.SetParallelism("work", 1);
        release.SetResult();
        await Ended.ReportAsync(run);
        run.SetParallelism("work", 9);

        Assert.Equal(1, run.Snapshot().Blocks[1].Parallelism);
        Assert.Equal(4, Pipeline.Range(0, 10).Select(x => x, new() { Parallelism = 4 }).ForEach(_ => { }).Graph.Blocks[1].Parallelism);
    }

    [Fact]
    public async Task SetParallelism_WhatCannotBe_IsRefusedByName()
    {
        BlockOptions twins = new() { Name = "twin", Parallelism = 2 };
        await using PipelineRun run = Pipeline.Range(0, 10)
            .Select(x => x, new() { Name = "fused" })
            .SelectAsync(x => new ValueTask<int>(x), new() { Name = "awaited" })
            .Select(x => x, new() { Name = "pool", Parallelism = 2 })
            .Select(x => x, twins)
            .Select(x => x, twins)
            .SelectMany(x => (int[])[x], new() { Name = "flatten", Parallelism = 3 })
            .Parallel(s => s.Select(x => x, new() { Name = "inner" }), new() { Name = "section", Parallelism = 4 })
            .ForEach(_ => { }, new() { Name = "last" })
            .Start();

        Assert.Throws<ArgumentNullException>("block", () => run.SetParallelism(null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => run.SetParallelism("pool", 0));
        Assert.Contains("pool", Refusal("nobody").Message, StringComparison.Ordinal);
        Assert.Contains("twin #2", Refusal("twin").Message, StringComparison.Ordinal);
        Assert.Contains("one item after the other", Refusal("fused").Message, StringComparison.Ordinal);
        Assert.Contains("one item after the other", Refusal("awaited").Message, StringComparison.Ordinal);
        Assert.Contains("one item after the other", Refusal("last").Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("value", () => run.SetParallelism("flatten", 4));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => run.SetParallelism("inner", 5));
        run.SetParallelism("twin #2", 3);
        run.SetParallelism("flatten", 1);
        run.SetParallelism("section", 2);
        await Ended.ReportAsync(run);

        ArgumentException Refusal(string block) => Assert.Throws<ArgumentException>(nameof(block), () => run.SetParallelism(block, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task SetParallelism_AtRandomAllTheTime_NothingIsLostAndTheBoundsHold(int seed)
    {
        var random = new Random(seed);
        bool ordered = seed % 2 == 0;
        var gauge = new Gauge();
        List<int> seen = [];
        BlockOptions options = new() { Parallelism = 3, Capacity = 32, Ordered = ordered };
        await using PipelineRun run = Pipeline.Range(0, 20_000)
            .SelectAsync(async x => { using (gauge.Enter()) { if (x % 3 == 0) { await Task.Yield(); } return x; } }, options with { Name = "awaited" })
            .Select(x => x, options with { Name = "pool" })
            .Parallel(s => s.Select(x => x, new() { Name = "section" }).SelectAsync(async x => { await Task.Yield(); return x; }), options)
            .SelectMany(x => (int[])[x], options with { Name = "flatten" })
            .ForEach(seen.Add)
            .Start();
        while (!run.Completion.IsCompleted)
        {
            run.SetParallelism("awaited", random.Next(1, 10));
            run.SetParallelism("pool", random.Next(1, 10));
            run.SetParallelism("section", random.Next(1, 4));
            run.SetParallelism("flatten", random.Next(1, 4));
            await Task.Yield();
        }

        PipelineReport report = await Ended.ReportAsync(run);
        Assert.Equal(Enumerable.Range(0, 20_000), ordered ? seen : seen.Order());
        Assert.InRange(gauge.Most, 1, 9);
        Assert.All(report.Blocks, block => Assert.Equal(block.In, block.Kind == BlockKind.Producer ? block.In : block.Out));
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("fail")]
    public async Task SetParallelism_WhileTheRunEnds_EverythingIsAccountedFor(string ending)
    {
        for (int i = 0; i < 200; i++)
        {
            int returned = 0;
            PipelineRun? run = null;
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            run = Pipeline.Range(0, 1000)
                .SelectAsync(WorkAsync, new() { Name = "work", Parallelism = 8, Capacity = 16 })
                .ForEach(_ => { })
                .Start(new() { OnUndelivered = _ => Interlocked.Increment(ref returned) });
            started.SetResult();
            await ((Task)run.Completion).WaitAsync(TimeSpan.FromSeconds(60))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            PipelineReport report = run.Snapshot();

            BlockReport work = report.Blocks[1];
            Assert.Equal(work.In, work.Out + work.Failed + work.Undelivered);
            Assert.Equal(report.Undelivered, returned);

            async ValueTask<int> WorkAsync(int item)
            {
                await started.Task;
                run!.SetParallelism("work", 1 + (item % 8));
                if (item == 100 + i)
                {
                    if (ending == "fail")
                    {
                        throw new InvalidDataException();
                    }

                    run.Abort();
                }

                return item;
            }
        }
    }

    [Fact]
    public async Task SetParallelism_Dedicated_MoreThreads()
    {
        using var four = new CountdownEvent(4);
        await using PipelineRun run = Pipeline.Range(0, 4)
            .Select(
                x =>
                {
                    four.Signal();
                    Assert.True(four.Wait(TimeSpan.FromSeconds(60)));
                    return x;
                },
                new() { Name = "blocks", Parallelism = 2, Threads = WorkerThreads.Dedicated })
            .ForEach(_ => { })
            .Start();
        run.SetParallelism("blocks", 4);
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
    }

    private sealed class Gauge
    {
        private int _now;
        private int _most;

        public int Most => _most;

        public Leaving Enter()
        {
            int now = Interlocked.Increment(ref _now);
            for (int most = _most; now > most; most = _most)
            {
                Interlocked.CompareExchange(ref _most, now, most);
            }

            return new(this);
        }

        public readonly struct Leaving(Gauge gauge) : IDisposable
        {
            public void Dispose() => Interlocked.Decrement(ref gauge._now);
        }
    }

    private sealed class Owned(Action disposed, int number) : IDisposable
    {
        public int Number => number;

        public void Dispose() => disposed();
    }
}

namespace Pipelines.Testing.Tests;

/// <summary>An adaptive pool and a server that does so many calls at once, on virtual time: the same seed has the same outcome.</summary>
public sealed class AdaptiveParallelismTests
{
    private static readonly AdaptiveParallelism s_bounds = new() { Minimum = 1, Maximum = 64 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AdaptiveParallelism_KneeAt8_SettlesAndFollows(bool ordered)
    {
        new DeterministicScheduler(7).Run(async () =>
        {
            var scheduler = (DeterministicScheduler)TaskScheduler.Current;
            var server = new Server(scheduler.TimeProvider, 8);
            List<int> values = [];
            PipelineRun? run = null;
            run = scheduler.Watch(Pipeline.Range(0, 1900)
                .SelectAsync(CallAsync, new() { Name = "call", AdaptiveParallelism = s_bounds, Ordered = ordered })
                .ForEach(_ => { })
                .Start(scheduler.Options));
            PipelineReport report = await run.Completion;

            Assert.All(values[200..600], value => Assert.InRange(value, 7, 10));
            Assert.All(values[1000..1200], value => Assert.InRange(value, 18, 24));
            Assert.All(values[1500..], value => Assert.InRange(value, 7, 10));
            Assert.InRange(report.Blocks[1].Parallelism, 7, 10);

            async ValueTask<int> CallAsync(int item)
            {
                server.Knee = item is >= 600 and < 1200 ? 20 : 8;
                await server.CallAsync();
                values.Add(run!.Snapshot().Blocks[1].Parallelism);
                return item;
            }
        });
    }

    [Fact]
    public void AdaptiveParallelism_KneeAt8_ReachesTheBestFixedValueAndRepeats()
    {
        TimeSpan adaptive = Time(new() { Name = "call", AdaptiveParallelism = s_bounds });
        TimeSpan best = Enumerable.Range(1, 16).Min(parallelism => Time(new() { Name = "call", Parallelism = parallelism }));

        Assert.True(best >= 0.95 * adaptive, $"{best / adaptive:0.000}");
        Assert.Equal(adaptive, Time(new() { Name = "call", AdaptiveParallelism = s_bounds }));
    }

    [Fact]
    public void AdaptiveParallelism_Section_SettlesAsAWhole()
    {
        new DeterministicScheduler(3).Run(async () =>
        {
            var scheduler = (DeterministicScheduler)TaskScheduler.Current;
            var server = new Server(scheduler.TimeProvider, 8);
            PipelineReport report = await Pipeline.Range(0, 2000)
                .Parallel(s => s.Where(_ => true).SelectAsync(async x => { await server.CallAsync(); return x; }), new() { AdaptiveParallelism = s_bounds })
                .ForEach(_ => { })
                .RunAsync(scheduler.Options);

            Assert.InRange(report.Blocks[1].Parallelism, 7, 12);
            Assert.Equal(2000, report.Blocks[^1].Out);
        });
    }

    [Fact]
    public void SetParallelism_AnyInterleaving_KeepsOrderAndBounds() => DeterministicScheduler.Explore(2000, async scheduler =>
    {
        BlockOptions options = new() { Parallelism = 3, Capacity = 6, Ordered = scheduler.Seed % 3 != 0 };
        int atWork = 0;
        int most = 0;
        int greatest = 3;
        List<int> seen = [];
        PipelineRun? run = null;
        run = scheduler.Watch(Pipeline.Range(0, 24)
            .SelectAsync(WorkAsync, options with { Name = "work" })
            .Parallel(s => s.SelectAsync(LaterAsync, new() { Name = "section" }), options)
            .SelectManyAsync(OneAsync, options with { Name = "flatten" })
            .ForEach(seen.Add)
            .Start(scheduler.Options with { Capacity = 4 }));
        PipelineReport report = await run.Completion;

        Assert.Equal(Enumerable.Range(0, 24), options.Ordered ? seen : seen.Order());
        Assert.InRange(most, 1, greatest);
        Assert.Equal(24, report.Blocks[1].Out);

        async ValueTask<int> WorkAsync(int item)
        {
            most = Math.Max(most, ++atWork);
            int value = 1 + ((item * 7) + scheduler.Seed) % 6;
            greatest = Math.Max(greatest, value);
            run!.SetParallelism("work", value);
            run.SetParallelism("section", 1 + (value % 3));
            run.SetParallelism("flatten", 1 + (value % 3));
            await LaterAsync(item);
            atWork--;
            return item;
        }
    });

    private static TimeSpan Time(BlockOptions options)
    {
        TimeSpan elapsed = default;
        new DeterministicScheduler(5).Run(async () =>
        {
            var scheduler = (DeterministicScheduler)TaskScheduler.Current;
            var server = new Server(scheduler.TimeProvider, 8);
            PipelineReport report = await Pipeline.Range(0, 3000)
                .SelectAsync(async x => { await server.CallAsync(); return x; }, options)
                .ForEach(_ => { })
                .RunAsync(scheduler.Options);
            elapsed = report.Elapsed;
        });
        return elapsed;
    }

    private static async ValueTask<int> LaterAsync(int item)
    {
        if (item % 4 != 0)
        {
            await Task.Yield();
        }

        return item;
    }

    private static async IAsyncEnumerable<int> OneAsync(int item)
    {
        await LaterAsync(item);
        yield return item;
    }

    /// <summary>Serves so many calls at once; others wait in line. All on one thread.</summary>
    private sealed class Server(TimeProvider time, int knee)
    {
        private readonly Queue<TaskCompletionSource> _waiting = new();
        private int _served;

        public int Knee
        {
            get;
            set
            {
                field = value;
                LetIn();
            }
        }
        = knee;

        public async Task CallAsync()
        {
            var turn = new TaskCompletionSource();
            _waiting.Enqueue(turn);
            LetIn();
            await turn.Task;
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
            _served--;
            LetIn();
        }

        private void LetIn()
        {
            while (_served < Knee && _waiting.TryDequeue(out TaskCompletionSource? next))
            {
                _served++;
                next.SetResult();
            }
        }
    }
}

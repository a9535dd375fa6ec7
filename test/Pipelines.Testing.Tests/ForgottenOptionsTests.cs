namespace Pipelines.Testing.Tests;

/// <summary>Whoever forgets the scheduler's options or its clock is told so, instead of being told nothing, or of a deadlock.</summary>
public sealed class ForgottenOptionsTests
{
    private static readonly BlockOptions s_pool = new() { Parallelism = 3 };

    [Theory]
    [InlineData("RunAsync")]
    [InlineData("ToListAsync")]
    [InlineData("no pipeline")]
    public void Explore_NothingRunsOnTheScheduler_IsRefused(string what)
    {
        int runs = 0;
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => DeterministicScheduler.Explore(5, RunAsync));
        Assert.StartsWith("Nothing was explored", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("scheduler.Options", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, runs);
        Assert.Throws<InvalidOperationException>(() => DeterministicScheduler.Replay(1, RunAsync));

        async Task RunAsync(DeterministicScheduler scheduler)
        {
            runs++;
            Pipeline<int> numbers = Pipeline.Range(0, 10).SelectAsync(Task.FromResult, s_pool);
            switch (what)
            {
                case "RunAsync":
                    await numbers.ForEach(_ => { }).RunAsync();
                    break;
                case "ToListAsync":
                    Assert.Equal(10, (await numbers.ToListAsync()).Count);
                    break;
                default:
                    await Task.Yield();
                    break;
            }
        }
    }

    [Theory]
    [InlineData("options")]
    [InlineData("one loop")]
    [InlineData("scheduler")]
    [InlineData("await foreach")]
    [InlineData("tasks")]
    [InlineData("one of many")]
    public void Explore_SomethingRunsOnTheScheduler_IsFine(string what)
    {
        int runs = 0;
        DeterministicScheduler.Explore(5, RunAsync);
        Assert.Equal(5, runs);

        async Task RunAsync(DeterministicScheduler scheduler)
        {
            runs++;
            Pipeline<int> numbers = Pipeline.Range(0, 10);
            switch (what)
            {
                case "options":
                    await numbers.SelectAsync(Task.FromResult, s_pool).ForEach(_ => { }).RunAsync(scheduler.Options);
                    break;
                case "one loop":
                    await numbers.ForEach(_ => { }).RunAsync(scheduler.Options);
                    break;
                case "scheduler":
                    await numbers.ForEach(_ => { }).RunAsync(new PipelineOptions { Scheduler = scheduler });
                    break;
                case "await foreach":
                    await foreach (int number in numbers.ReadAllAsync(scheduler.Options))
                    {
                        Assert.InRange(number, 0, 9);
                    }

                    break;
                case "tasks":
                    await Task.WhenAll(YieldAsync(), YieldAsync()); // code of the user's own, without a pipeline
                    break;
                default:
                    await numbers.ForEach(_ => { }).RunAsync(runs == 3 ? scheduler.Options : new());
                    break;
            }
        }

        static async Task YieldAsync() => await Task.Yield();
    }

    // A loop over a pipeline stays on the scheduler: what was seen in an order is seen in that order again, in as many steps.
    [Fact]
    public void ReadAllAsync_OfOneSeed_GoesTheSameWayEachTime()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            string first = Read(seed);
            Assert.Equal(first, Read(seed));
        }

        static string Read(int seed)
        {
            List<string> seen = [];
            int steps = 0;
            DeterministicScheduler.Replay(seed, async scheduler =>
            {
                Pipeline<int> numbers = Pipeline.Range(0, 20).Do(x => seen.Add($"made {x}")).SelectAsync(LaterAsync, s_pool);
                await foreach (int number in numbers.ReadAllAsync(scheduler.Options with { Capacity = 2 }))
                {
                    seen.Add($"read {number}");
                    await Task.Yield();
                    if (number == 15)
                    {
                        break;
                    }
                }

                steps = scheduler.Steps;
            });
            return $"{steps}: {string.Join(", ", seen)}";
        }

        static async Task<int> LaterAsync(int number)
        {
            await Task.Yield();
            return number;
        }
    }

    [Fact]
    public void Run_DelegateWaitsForTheSystemsClock_IsADeadlockThatSaysSo()
    {
        using var end = new CancellationTokenSource();
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => new DeterministicScheduler(1).Run(async () =>
            await Task.Delay(TimeSpan.FromMinutes(10), end.Token)));
        end.Cancel();

        Assert.Contains("timers of the system's clock", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("Task.Delay(time, scheduler.TimeProvider)", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PipelineIsNotOnTheScheduler_IsADeadlockThatSaysSo()
    {
        var never = new TaskCompletionSource();
        PipelineRun? run = null;
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() =>
        {
            var scheduler = new DeterministicScheduler(1);
            scheduler.Run(async () =>
            {
                run = scheduler.Watch(Pipeline.Range(0, 10).ForEachAsync(_ => never.Task, new() { Name = "stuck" }).Start());
                await run.Completion;
            });
        });
        run!.Abort();
        never.SetResult();

        Assert.Contains("No pipeline has run on this scheduler: start those under test with scheduler.Options.", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("stuck", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhatIsWaitedForNeverComes_IsADeadlockWithoutAWordOfOptions()
    {
        var never = new TaskCompletionSource();
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() =>
        {
            var scheduler = new DeterministicScheduler(1);
            scheduler.Run(async () => await Pipeline.Range(0, 10).ForEachAsync(_ => never.Task).RunAsync(scheduler.Options));
        });

        Assert.DoesNotContain("No pipeline has run", deadlock.Message, StringComparison.Ordinal);
        Assert.Contains("Give runs to Watch", deadlock.Message, StringComparison.Ordinal);
    }
}

namespace Pipelines.Testing.Tests;

public sealed class DeterministicSchedulerTests
{
    [Fact]
    public void Explore_RaceInAUsersDelegate_IsFoundAndItsSeedReplaysIt()
    {
        ExplorationException found = Assert.Throws<ExplorationException>(() => DeterministicScheduler.Explore(1000, CountRacilyAsync, firstSeed: 1));

        string seed = found.Message.Split("seed ")[1].Split(',')[0];
        ExplorationException again = Assert.Throws<ExplorationException>(
            () => DeterministicScheduler.Replay(int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture), CountRacilyAsync));
        Assert.Equal(found.Message, again.Message); // the steps too
        Assert.IsType<InvalidDataException>(again.InnerException);

        static async Task CountRacilyAsync(DeterministicScheduler scheduler)
        {
            int count = 0;
            await Pipeline.Range(0, 4)
                .SelectAsync(
                    async item =>
                    {
                        int read = count;
                        await Task.Yield();
                        count = read + 1;
                        return item;
                    },
                    new() { Parallelism = 2 })
                .ForEach(_ => { })
                .RunAsync(scheduler.Options);
            if (count != 4)
            {
                throw new InvalidDataException($"{count} of 4");
            }
        }
    }

    [Fact]
    public void Explore_NothingIsWrong_RunsEachTime()
    {
        int runs = 0;
        DeterministicScheduler.Explore(50, async scheduler =>
        {
            Assert.Equal(
                45, await Pipeline.Range(0, 10).SelectAsync(Task.FromResult, new() { Parallelism = 3 }).AggregateAsync(0, (a, b) => a + b, scheduler.Options));
            runs++;
        });

        Assert.Equal(50, runs);
    }

    [Fact]
    public void Run_PipelineWaitsForWhatNeverComes_IsADeadlockThatShowsWhereItStands()
    {
        ExplorationException found = Assert.Throws<ExplorationException>(() => DeterministicScheduler.Replay(7, async scheduler =>
        {
            var never = new TaskCompletionSource();
            PipelineRun run = scheduler.Watch(Pipeline.Range(0, 10).ForEachAsync(_ => never.Task, new() { Name = "stuck" }).Start(scheduler.Options));
            await run.Completion;
        }));

        Assert.IsType<DeadlockException>(found.InnerException);
        Assert.Contains("stuck", found.Message, StringComparison.Ordinal);
        Assert.Contains("seed 7", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TimeLimitsAndAges_PassWithoutWaiting()
    {
        DeterministicScheduler.Explore(20, async scheduler =>
        {
            var producer = new TestProducer<int>();
            var consumer = new TestConsumer<int[]>();
            await using PipelineRun run = consumer.Close(producer.Pipeline.Batch(10, TimeSpan.FromHours(1))).Start(scheduler.Options);
            DateTimeOffset start = scheduler.TimeProvider.GetUtcNow();
            await producer.EmitAsync(1);
            int[] batch = await consumer.TakeAsync();
            Assert.Equal(1, Assert.Single(batch));
            Assert.Equal(TimeSpan.FromHours(1), scheduler.TimeProvider.GetUtcNow() - start);
            producer.Complete();
            await consumer.EndAsync();
            await run.Completion;
        });
    }

    [Fact]
    public void Explore_BadArguments_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("iterations", () => DeterministicScheduler.Explore(0, _ => Task.CompletedTask));
        Assert.Throws<ArgumentNullException>("body", () => DeterministicScheduler.Explore(1, null!));
        Assert.Throws<ArgumentNullException>("body", () => DeterministicScheduler.Replay(1, null!));
        Assert.Throws<ArgumentNullException>("body", () => new DeterministicScheduler(1).Run(null!));
        Assert.Throws<ArgumentNullException>("run", () => new DeterministicScheduler(1).Watch(null!));
    }
}

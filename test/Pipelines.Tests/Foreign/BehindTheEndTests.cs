using System.Runtime.CompilerServices;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Foreign;

/// <summary>When a run has ended nothing of it executes, waits to be executed, or looks at the clock. A pump that was queued for a second worker, and came to
/// its turn behind the end, asked a clock that threw: what it threw was in no report.</summary>
public sealed class BehindTheEndTests
{
    private const int Seeds = 25;

    [Theory]
    [InlineData("end")]
    [InlineData("fail")]
    [InlineData("abort")]
    [InlineData("stop")]
    public void Completion_AnyOrderOfTasks_NothingIsLeftBehindIt(string ending) => SteppedScheduler.Run(() =>
    {
        foreach (BlockCase block in BlockCases.List)
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                Run(block, ending, seed);
            }
        }
    });

    // What awaits a disposal went on on the thread pool first: a test that has one thread for everything, and no other, took that for a deadlock.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DisposeAsync_AwaitedOnTheScheduler_GoesOnThereAndNowhereElse(bool fails) => SteppedScheduler.Run(() =>
    {
        var scheduler = new SteppedScheduler(seed: 1);
        bool isOver = false;
        Task test = Task.Factory.StartNew(UseAsync, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        scheduler.StepToRest();

        Assert.True(isOver);
        Assert.True(test.IsCompletedSuccessfully);

        async Task UseAsync()
        {
            PipelineRun run = Pipeline.From(Source()).ForEach(_ => { }).Start(new() { Scheduler = scheduler });
            await run.DisposeAsync();
            isOver = run.Completion.IsCompleted;
        }

        // It fails behind the abort, when the disposal is waited for already; or it ends well there.
        async IAsyncEnumerable<int> Source([EnumeratorCancellation] CancellationToken token = default)
        {
            yield return 0;
            while (!token.IsCancellationRequested)
            {
                await Task.Yield();
            }

            if (fails)
            {
                throw new InvalidDataException();
            }
        }
    });

    private static void Run(BlockCase block, string ending, int seed)
    {
        string story = $"{block}, {ending}, seed {seed}.";
        var scheduler = new SteppedScheduler(seed);
        var clock = new ClockFromZero();
        void Saw(int item)
        {
            if (item == 7 && ending == "fail")
            {
                throw new InvalidDataException("item 7");
            }
        }

        Pipeline pipeline = block.Apply(Pipeline.Range(0, 30).Buffer(3), Saw).Buffer(2).ForEach(_ => { });
        PipelineRun run = pipeline.Start(new() { Capacity = 1 + (seed % 4), Scheduler = scheduler, TimeProvider = clock });
        for (int step = 0; !run.Completion.IsCompleted; step++)
        {
            if (step == 5 + seed && ending == "abort")
            {
                run.Abort();
            }
            else if (step == 5 + seed && ending == "stop")
            {
                _ = run.StopAsync(Timeout.InfiniteTimeSpan);
            }

            // A delegate may be somewhere else for a moment: what it yields comes back here.
            Assert.True(scheduler.TryStep() || SpinWait.SpinUntil(() => scheduler.Waiting > 0 || run.Completion.IsCompleted, 10_000), story);
        }

        _ = run.Completion.Exception;
        int asked = clock.Asked;
        Assert.True(scheduler.Waiting == 0, $"{scheduler.Waiting} tasks wait behind the end. {story}");
        scheduler.StepToRest();
        Assert.True(clock.Asked == asked, "The clock was asked behind the end. " + story);
    }
}

using System.Runtime.CompilerServices;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Ends;

/// <summary>Whoever stops or pauses a run need not look at the task: what it fails with is the run's, and raises nothing when the garbage is
/// collected.</summary>
public sealed class UnobservedTests
{
    [Theory]
    [InlineData("stop")]
    [InlineData("stop twice")]
    [InlineData("pause")]
    [InlineData("dispose")]
    [InlineData("result")]
    public async Task Task_NobodyLooksAtIt_RaisesNothing(string verb)
    {
        List<Exception> unobserved = [];
        var thrown = new InvalidDataException(nameof(UnobservedTests) + verb);
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, args) =>
        {
            if (args.Exception.Flatten().InnerExceptions.Contains(thrown))
            {
                lock (unobserved)
                {
                    unobserved.Add(args.Exception);
                }
            }
        };
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            await FailAsync(verb, thrown);
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Empty(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }
    }

    // A method of its own, so that nothing of the run is reachable behind it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task FailAsync(string verb, Exception thrown)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pipeline<int> pipeline = Pipeline.Range(0, 100).SelectAsync(async x =>
        {
            begun.TrySetResult();
            await released.Task;
            return x == 0 ? throw thrown : x;
        });
        if (verb == "result")
        {
            Task<int> count = pipeline.CountAsync();
            released.SetResult();
            Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(count)));
            return;
        }

        PipelineRun run = pipeline.ForEach(_ => { }).Start();
        await begun.Task;
        switch (verb)
        {
            case "pause":
                _ = run.PauseAsync();
                break;
            case "dispose":
                _ = run.DisposeAsync().AsTask();
                break;
            default:
                _ = run.StopAsync(Timeout.InfiniteTimeSpan);
                _ = verb == "stop twice" ? run.StopAsync(TimeSpan.FromHours(1)) : null;
                break;
        }

        released.SetResult();
        Exception? error = await Ended.ExceptionAsync(run);
        Assert.True(verb == "dispose" || error == thrown);
    }
}

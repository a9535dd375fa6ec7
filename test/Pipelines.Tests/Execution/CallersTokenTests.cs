using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Execution;

/// <summary>A caller's token may live as long as the process. A run that has ended must not hang on it.</summary>
public sealed class CallersTokenTests
{
    [Theory]
    [InlineData("end")]
    [InlineData("stop")]
    [InlineData("abort")]
    [InlineData("fail")]
    [InlineData("dispose")]
    public async Task Token_RunHasEnded_DoesNotHoldTheRun(string ending)
    {
        using var source = new CancellationTokenSource();
        WeakReference run = await RunAsync(ending, source.Token);

        Assert.True(SpinWait.SpinUntil(() => IsGone(run), TimeSpan.FromSeconds(30)), "Something still holds the run.");
        await source.CancelAsync();
    }

    [Fact]
    public async Task Token_CancelledAfterTheEnd_ChangesNothing()
    {
        using var source = new CancellationTokenSource();
        await using PipelineRun run = Pipeline.Range(0, 3).ForEach(_ => { }).Start(cancellationToken: source.Token);
        PipelineReport report = await run.Completion;
        await source.CancelAsync();
        run.Abort();

        Assert.Equal(RunOutcome.Completed, run.Snapshot().Outcome);
        Assert.Same(report, await run.Completion);
        Assert.Null(run.Failure);
    }

    private static bool IsGone(WeakReference run)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !run.IsAlive;
    }

    // Its own method, so that no local of the test keeps the run.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunAsync(string ending, CancellationToken token)
    {
        var middle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.Range(0, 20)
            .Buffer(2)
            .ForEachAsync(async (int x, CancellationToken abort) =>
            {
                middle.TrySetResult();
                await goOn.Task.WaitAsync(abort);
                if (ending == "fail")
                {
                    throw new InvalidDataException();
                }
            })
            .Start(new PipelineOptions { OnUndelivered = _ => { } }, token);
        await middle.Task;
        switch (ending)
        {
            case "stop":
                _ = run.StopAsync(TimeSpan.FromDays(1), CancellationToken.None);
                break;
            case "abort":
                run.Abort();
                break;
            case "dispose":
                _ = run.DisposeAsync().AsTask();
                break;
        }

        goOn.SetResult();
        await Ended.ExceptionAsync(run);
        return new WeakReference(run);
    }
}

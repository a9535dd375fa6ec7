using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Execution;

/// <summary>What has ended is let go of.</summary>
public sealed class LeakTests
{
    [Theory]
    [InlineData("end")]
    [InlineData("fail")]
    [InlineData("abort")]
    public async Task Run_HasEnded_IsNotHeldByTheCallersToken(string ending)
    {
        using var source = new CancellationTokenSource();
        WeakReference run = await RunAsync(ending, source.Token);

        // The task that completed the run may be on its last instructions.
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    GC.Collect();
                    return !run.IsAlive;
                },
                TimeSpan.FromSeconds(30)),
            "The token's source, or something else that goes on, still refers to the run.");
        Assert.False(source.IsCancellationRequested);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunAsync(string ending, CancellationToken token)
    {
        PipelineRun run = Pipeline.Range(0, 100)
            .SelectAsync(
                async x => { await Task.Yield(); return ending == "fail" && x == 50 ? throw new InvalidDataException() : x; },
                new() { Parallelism = 2, Timeout = TimeSpan.FromHours(1) })
            .Buffer(4)
            .ForEach(_ => { })
            .Start(cancellationToken: token);
        if (ending == "abort")
        {
            run.Abort();
        }

        await Ended.ExceptionAsync(run);
        return new WeakReference(run);
    }
}

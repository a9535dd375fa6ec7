using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Blocks;

/// <summary>What a run leaves behind, with each block and however it ended: nothing that runs, no timer, nothing on the caller's token, no object.</summary>
public sealed class LeftBehindTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly string[] s_endings = ["end", "stop", "abort", "cancel", "fail", "pause"];

    public static TheoryData<BlockCase> All() => BlockCases.All();

    [Theory]
    [MemberData(nameof(All))]
    public async Task Run_HasEnded_LeavesNothingBehind(BlockCase block)
    {
        var scheduler = new CountingScheduler();
        var time = new CountingTimeProvider();
        var sources = new Dictionary<string, CancellationTokenSource>();
        var runs = new Dictionary<string, WeakReference>();
        foreach (string ending in s_endings)
        {
            sources[ending] = new CancellationTokenSource();
            runs[ending] = await RunAsync(block, ending, sources[ending], scheduler, time);
        }

        await Task.Yield(); // off the stack of whoever has completed the last run
        // The tasks that completed the runs may be on their last instructions.
        Assert.True(SpinWait.SpinUntil(() => scheduler.Unfinished == 0, s_patience), "Something is still running.");
        Assert.Equal(0, time.Alive);
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    if (runs.Values.Any(run => run.IsAlive))
                    {
                        GC.Collect();
                    }

                    return runs.Values.All(run => !run.IsAlive);
                },
                s_patience),
            $"Something still refers to the run that ended with: {string.Join(", ", runs.Where(run => run.Value.IsAlive).Select(run => run.Key))}.");
        Assert.All(sources.Values, source => source.Dispose()); // they have lived until here, and held nothing
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunAsync(
        BlockCase block, string ending, CancellationTokenSource source, CountingScheduler scheduler, CountingTimeProvider time)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = block.Apply(Pipeline.From(Items()), _ => { })
            .SelectAsync(x => new ValueTask<int>(x), new() { Timeout = TimeSpan.FromHours(1), Parallelism = 2 })
            .Batch(3, TimeSpan.FromHours(1))
            .ForEach(_ => { })
            .Start(new PipelineOptions { Capacity = 2, Scheduler = scheduler, TimeProvider = time }, source.Token);
        await Task.WhenAny(reached.Task, run.Completion);
        switch (ending)
        {
            case "stop":
                await run.StopAsync(TimeSpan.FromMinutes(1));
                break;
            case "abort":
                run.Abort();
                break;
            case "cancel":
                await source.CancelAsync();
                break;
            case "pause":
                await run.PauseAsync(source.Token).WaitAsync(TimeSpan.FromSeconds(60));
                run.Resume();
                break;
        }

        await Ended.ExceptionAsync(run, $"{block.Name} {ending}");
        return new WeakReference(run);

        IEnumerable<int> Items()
        {
            for (int i = 0; i < 200 || ending is "stop" or "abort" or "cancel"; i++)
            {
                if (i == 100)
                {
                    reached.SetResult();
                    if (ending == "fail")
                    {
                        throw new InvalidDataException();
                    }
                }

                yield return i;
            }
        }
    }
}

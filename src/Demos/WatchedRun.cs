using Pipelines;
using Pipelines.Console;

namespace Demos;

/// <summary>A run that shows where it stands, and that Ctrl+C ends.</summary>
internal static class WatchedRun
{
    private static readonly TimeSpan s_stopWithin = TimeSpan.FromSeconds(10);

    /// <summary>Runs a pipeline to its end. The first Ctrl+C stops it: what is in flight is finished. The second aborts it.</summary>
    /// <param name="pipeline">What to run.</param>
    /// <param name="name">Its name in the report.</param>
    /// <param name="console">Where progress is shown and Ctrl+C is heard.</param>
    /// <param name="describe">Puts a report while it runs into a short line.</param>
    /// <param name="alongside">What else goes on as long as the run does; null for nothing.</param>
    public static Task<PipelineReport> RunAsync(
        Pipeline pipeline, string name, DemoConsole console, Func<PipelineReport, string> describe, Func<PipelineRun, Task>? alongside = null) =>
        console.ShowProgressAsync("Starting", async show =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(console.Screen is null ? 5 : 0.25), console.Time);
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Name = name, TimeProvider = console.Time });

            Task besides = alongside?.Invoke(run) ?? Task.CompletedTask;
            Task end = Task.WhenAny(run.Completion, console.Interrupts.First);
            while (await Task.WhenAny(end, timer.WaitForNextTickAsync().AsTask()) != end)
            {
                show(describe(run.Snapshot()));
            }

            try
            {
                return run.Completion.IsCompleted ? await run.Completion : await StopAsync(run, console.Interrupts, show);
            }
            finally
            {
                await besides;
            }
        });

    /// <summary>The same, shown as a table with a row a block.</summary>
    public static async Task<PipelineReport> RunLiveAsync(Pipeline pipeline, string name, DemoConsole console, Func<PipelineRun, Task>? alongside = null)
    {
        await using PipelineRun run = pipeline.Start(new PipelineOptions { Name = name, TimeProvider = console.Time });
        Task besides = alongside?.Invoke(run) ?? Task.CompletedTask;
        Task shown = run.ShowAsync(console.ScreenOrLines, new() { Live = console.Screen is not null, TimeProvider = console.Time });
        try
        {
            await Task.WhenAny(run.Completion, console.Interrupts.First);
            return run.Completion.IsCompleted ? await run.Completion : await StopAsync(run, console.Interrupts, _ => { }); // the table shows how it goes
        }
        finally
        {
            await shown; // before anything else is printed
            await besides;
        }
    }

    private static async Task<PipelineReport> StopAsync(PipelineRun run, Interrupts interrupts, Action<string> show)
    {
        show($"Interrupted: finishing what is in flight, {s_stopWithin.TotalSeconds} s at most. Ctrl+C again aborts.");
        Task<PipelineReport> stopped = run.StopAsync(s_stopWithin);
        if (await Task.WhenAny(stopped, interrupts.Second) == interrupts.Second)
        {
            show("Aborting.");
            run.Abort();
        }

        return await stopped;
    }
}

using Spectre.Console;

namespace Pipelines.Console;

/// <summary>Shows a run on a console.</summary>
public static class PipelineRunConsole
{
    private static readonly TimeSpan s_drawEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_printEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Shows a run until it has ended: a table with a row a block, what it is doing, its rates, what waits in front of it, its failures, and the bottleneck
    /// below. Where the output is redirected, a line now and then instead, and the report at the end.
    /// </summary>
    /// <remarks>
    /// <para>Rates and states are of the time since the last refresh, at the end of the whole run; the bottleneck is always of the whole run.</para>
    /// <para><b>Failure:</b> that the run has failed or was cancelled is shown and not thrown: await <see cref="PipelineRun.Completion"/> for that.</para>
    /// <para><b>Cost:</b> one <see cref="PipelineRun.Snapshot"/> a refresh, none an item.</para>
    /// </remarks>
    /// <param name="run">The run.</param>
    /// <param name="console">Where to show it.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the showing, and not the run.</param>
    /// <returns>The final report.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="run"/> or <paramref name="console"/> is null.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the run had ended.</exception>
    public static Task<PipelineReport> ShowAsync(
        this PipelineRun run, IAnsiConsole console, ShowOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(console);
        options ??= ShowOptions.Default;
        bool canDraw = console.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };
        return options.Live ?? canDraw
            ? DrawAsync(run, console, options, cancellationToken)
            : PrintAsync(run, console, options, cancellationToken);
    }

    private static Task<PipelineReport> DrawAsync(PipelineRun run, IAnsiConsole console, ShowOptions options, CancellationToken cancellationToken)
    {
        PipelineReport before = run.Snapshot();
        var view = new RunTable(console.Profile.Capabilities.Unicode);
        return console.Live(view.Draw(before, null)).StartAsync(async screen =>
        {
            screen.Refresh();
            await WatchAsync(run, options, options.Interval ?? s_drawEvery, now =>
            {
                screen.UpdateTarget(view.Draw(now, before));
                before = now;
            }, cancellationToken).ConfigureAwait(false);
            PipelineReport end = run.Snapshot();
            screen.UpdateTarget(view.Draw(end, null));
            return end;
        });
    }

    private static async Task<PipelineReport> PrintAsync(PipelineRun run, IAnsiConsole console, ShowOptions options, CancellationToken cancellationToken)
    {
        await WatchAsync(run, options, options.Interval ?? s_printEvery, now => Print(RunLine.Of(now)), cancellationToken).ConfigureAwait(false);
        PipelineReport end = run.Snapshot();
        Print(end.ToString());
        return end;

        // Not through the console's own layout, which would break lines that are to be read by a program.
        void Print(string text)
        {
            console.Profile.Out.Writer.WriteLine(text);
            console.Profile.Out.Writer.Flush();
        }
    }

    private static async Task WatchAsync(
        PipelineRun run, ShowOptions options, TimeSpan interval, Action<PipelineReport> show, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, options.TimeProvider);
        Task tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        while (await Task.WhenAny(run.Completion, tick).ConfigureAwait(false) == tick)
        {
            await tick.ConfigureAwait(false);
            show(run.Snapshot());
            tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        }
    }
}

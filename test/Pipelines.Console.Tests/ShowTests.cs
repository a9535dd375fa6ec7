using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Console.Tests;

/// <summary>What a console shows of a run while it goes on, and when it has ended.</summary>
public sealed class ShowTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly Screen _screen = new(canDraw: true);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _release.TrySetResult();
        _screen.Dispose();
    }

    [Fact]
    public async Task ShowAsync_Live_DrawsATableAndInTheEndTheWholeRun()
    {
        PipelineRun run = Start();
        Task<PipelineReport> shown = run.ShowAsync(_screen.Console, new() { Live = true, TimeProvider = _time, Interval = TimeSpan.FromSeconds(1) });
        await _screen.ShowsAsync("words running for 0.0 s");
        await HeldAsync(run);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _screen.ShowsAsync("│ [store] │ ██████████ │ 100 % │");
        _release.SetResult();
        PipelineReport report = await shown.WaitAsync(s_limit);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        string end = _screen.Text[_screen.Text.LastIndexOf("words completed after", StringComparison.Ordinal)..];
        Assert.Contains("│ [store] │", end, StringComparison.Ordinal);
        Assert.Contains("█ busy  ▒ waits for room  ░ waits for input", end, StringComparison.Ordinal);
        Assert.Contains(report.Bottleneck!, end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_Redirected_PrintsLinesAndTheReport()
    {
        PipelineRun run = Start();
        Task<PipelineReport> shown = run.ShowAsync(_screen.Console, new() { Live = false, TimeProvider = _time });
        await HeldAsync(run);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _screen.ShowsAsync("words running for 5.0 s: 1 consumed, 0.2/s. Bottleneck: [store] (busy 100 %); Range waits for it 100 % of the time.\n");
        _release.SetResult();
        PipelineReport report = await shown.WaitAsync(s_limit);

        Assert.DoesNotContain('\e', _screen.Text);
        Assert.EndsWith($"\n{report}\n", _screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_RunFails_ShowsItAndDoesNotThrow()
    {
        PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => throw new InvalidDataException("[bad]"), new() { Name = "store" }).Start();

        PipelineReport report = await run.ShowAsync(_screen.Console, new() { Live = true }).WaitAsync(s_limit);

        Assert.Equal(RunOutcome.Failed, report.Outcome);
        Assert.Contains("store threw InvalidDataException: [bad]", _screen.Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => run.Completion);
    }

    [Fact]
    public async Task ShowAsync_TokenIsCancelled_EndsTheShowingAndNotTheRun()
    {
        using var cancellation = new CancellationTokenSource();
        PipelineRun run = Start();
        Task<PipelineReport> shown = run.ShowAsync(_screen.Console, new() { Live = false, TimeProvider = _time }, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shown.WaitAsync(s_limit));
        Assert.False(run.Completion.IsCompleted);
        _release.SetResult();
        Assert.Equal(RunOutcome.Completed, (await run.Completion.WaitAsync(s_limit)).Outcome);
    }

    [Fact]
    public async Task ShowAsync_TerminalOrRedirected_DecidesByTheConsole()
    {
        using var redirected = new Screen(canDraw: false);
        PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }, new() { Name = "store" }).Start(new PipelineOptions { Name = "words" });
        await run.ShowAsync(redirected.Console).WaitAsync(s_limit);

        Assert.Equal($"{run.Snapshot()}\n", redirected.Text);
    }

    [Fact]
    public async Task ShowAsync_RunHasEnded_ShowsTheEnd()
    {
        PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }, new() { Name = "store" }).Start(new PipelineOptions { Name = "words" });
        await run.Completion.WaitAsync(s_limit);

        await run.ShowAsync(_screen.Console, new() { Live = true }).WaitAsync(s_limit);

        Assert.Contains("words completed after", _screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_BadArguments_ThrowAtTheCall()
    {
        await using PipelineRun run = Start();

        Action withoutRun = () => _ = ((PipelineRun)null!).ShowAsync(_screen.Console);
        Action withoutConsole = () => _ = run.ShowAsync(null!);
        Assert.Throws<ArgumentNullException>("run", withoutRun);
        Assert.Throws<ArgumentNullException>("console", withoutConsole);
        Assert.Throws<ArgumentOutOfRangeException>("Interval", () => new ShowOptions { Interval = TimeSpan.Zero });
        Assert.Throws<ArgumentNullException>("TimeProvider", () => new ShowOptions { TimeProvider = null! });
        _release.SetResult();
    }

    // The consumer lets one item through and holds on to the second. Its name is markup to the console.
    private PipelineRun Start() => Pipeline.Range(0, 10)
        .ForEachAsync(
            async (item, token) =>
            {
                if (item == 1)
                {
                    _held.TrySetResult();
                    await _release.Task.WaitAsync(token);
                }
            },
            new() { Name = "[store]", Capacity = 4 })
        .Start(new PipelineOptions { Name = "words", TimeProvider = _time });

    /// <summary>Everything that can happen has: the consumer holds an item, and the producer waits for room, so time is booked there.</summary>
    private async Task HeldAsync(PipelineRun run)
    {
        await _held.Task.WaitAsync(s_limit);
        await Task.Run(() => Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    _time.Advance(TimeSpan.FromTicks(1));
                    return run.Snapshot().Blocks[0].Blocked > TimeSpan.Zero;
                },
                s_limit),
            "The producer does not wait."));
    }
}

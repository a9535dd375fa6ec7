namespace Pipelines.Tests.Diagnostics;

/// <summary>Pipelines on real threads and the real clock, with one block that is held until the sentence names it: the longer it takes, the truer that
/// is.</summary>
public sealed class RealBottleneckTests : IAsyncDisposable
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipelineRun? _run;

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }
    }

    [Fact]
    public Task Bottleneck_ConsumerIsHeld_IsTheConsumer() => AssertNamesAsync(
        "Bottleneck: store (busy ",
        Pipeline.Range(0, 1_000_000).SelectAsync(
            async x => { await Task.Yield(); return x; }, new() { Parallelism = 3 }, "quick").ForEachAsync(HoldAsync, expression: "store"));

    [Fact]
    public Task Bottleneck_PoolIsHeld_IsThePoolWithAllItsWorkers() => AssertNamesAsync(
        "Bottleneck: pool (3/3 workers busy ",
        Pipeline.Range(0, 1_000_000).SelectAsync(async x => { await HoldAsync(x); return x; }, new() { Parallelism = 3 }, "pool").ForEachAsync(
            _ => default(ValueTask), expression: "store"));

    [Fact]
    public Task Bottleneck_OneItemOfAPoolIsHeld_SaysThatTheOthersWait() => AssertNamesAsync(
        "Bottleneck: pool (1/3 workers busy ",
        Pipeline.Range(0, 1_000_000)
            .SelectAsync(async x => { await (x == 500 ? HoldAsync(x) : Task.CompletedTask); return x; }, new() { Parallelism = 3 }, "pool")
            .ForEachAsync(_ => default(ValueTask), expression: "store"),
        "the others wait for their results to be passed on");

    [Fact]
    public Task Bottleneck_SourceIsHeld_IsTheSource() => AssertNamesAsync(
        "Bottleneck: source (busy ",
        Pipeline.From(HeldItemsAsync(), new() { Name = "source" }).SelectAsync(
            x => new ValueTask<int>(x), new() { Parallelism = 3 }, "pool").ForEach(_ => { }));

    [Fact]
    public Task Bottleneck_BranchIsHeld_IsTheBranch() => AssertNamesAsync(
        "Bottleneck: audit (busy ",
        Pipeline.Range(0, 1_000_000).Tee(branch => branch.ForEachAsync(HoldAsync, expression: "audit")).ForEachAsync(
            _ => default(ValueTask), expression: "store"));

    private async Task AssertNamesAsync(string start, Pipeline pipeline, string part = "")
    {
        _run = pipeline.Start();
        string? sentence = null;
        bool named = await Task.Run(() => SpinWait.SpinUntil(
            () => (sentence = _run.Snapshot().Bottleneck) is not null
                && sentence.StartsWith(start, StringComparison.Ordinal) && sentence.Contains(part, StringComparison.Ordinal),
            TimeSpan.FromSeconds(60)));

        Assert.True(named, $"{_run.Snapshot()}");
        Assert.All(
            _run.Snapshot().Blocks, block => Assert.True(block.Busy >= TimeSpan.Zero && block.Starved >= TimeSpan.Zero && block.Blocked >= TimeSpan.Zero));
    }

    private Task HoldAsync(int item) => _release.Task;

    private async IAsyncEnumerable<int> HeldItemsAsync()
    {
        yield return 1;
        await _release.Task;
        yield return 2;
    }
}

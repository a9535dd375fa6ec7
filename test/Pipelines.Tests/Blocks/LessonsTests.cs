using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>Defects that shipped in comparable libraries and concern branches and joins: here none of them happens, or not without a word.</summary>
public sealed class LessonsTests
{
    // Dataflow's first completed source completes the target, and what the others still send is lost.
    [Fact]
    public async Task Merge_OneInputEndsAtOnce_StillYieldsWhatTheOtherSendsLater()
    {
        var late = Channel.CreateUnbounded<int>();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> consumed = [];
        await using PipelineRun run = Pipeline
            .Merge(Pipeline.Range(0, 3).Do(x => _ = x == 2 && ended.TrySetResult()), Pipeline.From(late.Reader))
            .ForEach(consumed.Add)
            .Start();
        await Patience.WithAsync(ended.Task, run);
        late.Writer.TryWrite(3);
        late.Writer.Complete();
        await Ended.ReportAsync(run);

        Assert.Equal([0, 1, 2, 3], consumed.Order());
    }

    // Merged readers left a waiter behind on every idle source with each wake-up.
    [Fact]
    public async Task Merge_IdleInput_IsWaitedForOnceHoweverMuchTheOthersYield()
    {
        var idle = new IdleReader();
        await using PipelineRun run = Pipeline.Merge(Pipeline.From(idle), Pipeline.Range(0, 10_000).SelectAsync(YieldAsync))
            .Do(x => _ = x == 9_999 && idle.End())
            .ForEach(_ => { })
            .Start(new PipelineOptions { Capacity = 1 });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(10_000, report.Blocks[^1].Out);
        Assert.InRange(idle.Waits, 0, 1);
    }

    [Fact]
    public async Task Merge_OneInputIsEndlessAndAlwaysReady_DoesNotStarveTheOther()
    {
        int left = 1000;
        await using PipelineRun run = Pipeline.Merge(Pipeline.From(Endless()), Pipeline.Range(1, left))
            .TakeWhile(x => x == 0 || --left > 0)
            .ForEach(_ => { })
            .Start();
        await Ended.ReportAsync(run);

        Assert.Equal(0, left);
    }

    // BroadcastBlock overwrites what a slow subscriber has not taken yet.
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task Tee_SlowBranch_GetsEveryItem(int capacity)
    {
        List<int> branch = [];
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, 1000)
            .Tee(line => line.ForEachAsync(async x =>
            {
                await released.Task;
                branch.Add(x);
            }))
            .Do(x => _ = x == capacity - 1 && released.TrySetResult()) // the branch has taken nothing yet, and its link is as good as full
            .ForEach(_ => { })
            .Start(new PipelineOptions { Capacity = capacity });
        await Ended.ReportAsync(run);

        Assert.Equal(Enumerable.Range(0, 1000), branch);
    }

    // A full channel dropped everything past its 10,000th item, and nobody heard of it.
    [Theory]
    [InlineData(BoundedChannelFullMode.DropNewest)]
    [InlineData(BoundedChannelFullMode.DropOldest)]
    [InlineData(BoundedChannelFullMode.DropWrite)]
    public async Task Buffer_FullAndMayDrop_SaysSoForEachItem(BoundedChannelFullMode mode)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<object?> dropped = [];
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.From(Source())
            .Buffer(100, mode)
            .ForEachAsync(
                async x =>
                {
                    await released.Task;
                    consumed.Add(x);
                },
                new() { Capacity = 1 })
            .Start(new PipelineOptions { OnUndelivered = item => dropped.Add(item.Item) });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.InRange(consumed.Count, 100, 110);
        Assert.Equal(20_000, consumed.Count + dropped.Count);
        Assert.Equal(Enumerable.Range(0, 20_000), consumed.Concat(dropped.Cast<int>()).Order());
        Assert.Equal(dropped.Count, report.Blocks[1].Dropped);

        IEnumerable<int> Source()
        {
            for (int i = 0; i < 20_000; i++)
            {
                yield return i;
            }

            released.SetResult();
        }
    }

    // A link with a predicate and no fallback blocked the source for ever at the first item that nobody wanted.
    [Fact]
    public async Task When_ItemsThatNoBranchWants_FlowOn()
    {
        List<int> rest = [];
        await using PipelineRun run = Pipeline.Range(0, 1000)
            .When(x => x < 0, line => line.ForEach(_ => { }))
            .When(x => x > 5000, line => line.ForEach(_ => { }))
            .ForEach(rest.Add)
            .Start(new PipelineOptions { Capacity = 1 });
        await Ended.ReportAsync(run);

        Assert.Equal(Enumerable.Range(0, 1000), rest);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_OneLineHasEnough_GivesItsItemsBackAndServesTheOther(bool branchHasEnough)
    {
        List<int> main = [];
        List<int> branch = [];
        List<object?> returned = [];
        await using PipelineRun run = Pipeline.Range(0, 1000)
            .When(int.IsEvenInteger, line => line.Take(branchHasEnough ? 1 : 1000).ForEach(branch.Add))
            .Take(branchHasEnough ? 1000 : 1)
            .ForEach(main.Add)
            .Start(new PipelineOptions { Capacity = 1, OnUndelivered = item => returned.Add(item.Item) });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(branchHasEnough ? [500, 1] : [1, 500], new[] { main.Count, branch.Count });
        Assert.Equal(499, returned.Count);
        Assert.Equal(499, report.Undelivered);
        Conservation.AssertHolds(report);
    }

    // A group or branch that nobody drained stopped all the others.
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task Branch_TakesNoMore_HoldsNobodyBack(int capacity)
    {
        int main = 0;
        await using PipelineRun run = Pipeline.Range(0, 10_000)
            .Tee(line => line.Take(0).ForEach(_ => { }))
            .Tee(line => line.Take(1).ForEachAsync(async _ => await Task.Yield()))
            .Partition(x => x, 3, lane => lane.Take(5).Append(-1))
            .ForEach(_ => main++)
            .Start(new PipelineOptions { Capacity = capacity });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(18, main);
        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Conservation.AssertHolds(report);
    }

    // The consumer's loop died, and the writers kept being accepted for two days.
    [Fact]
    public async Task Branch_ConsumerFails_EndsTheSourceToo()
    {
        var thrown = new InvalidDataException();
        int yielded = 0;
        await using PipelineRun run = Pipeline.From(Endless().Select(x => yielded++))
            .Tee(line => line.ForEach(x => _ = x == 10 ? throw thrown : x, new() { Name = "branch" }))
            .ForEach(_ => { })
            .Start(new PipelineOptions { Capacity = 4 });

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal("branch", run.Failure!.Block);
        Assert.Equal(yielded, run.Snapshot().Blocks[0].Out);
        Conservation.AssertHolds(run.Snapshot());
    }

    // A cancelled stage completed its output as if it had succeeded.
    [Fact]
    public async Task Branch_RunIsCancelled_TellsTheBranchsReaderSo()
    {
        using var source = new CancellationTokenSource();
        var output = Channel.CreateUnbounded<int>();
        await using PipelineRun run = Pipeline.From(Endless().Select((_, i) => i))
            .Tee(line => line.To(output.Writer))
            .ForEach(x => _ = x == 100 ? Cancel() : 0)
            .Start(null, source.Token);

        Assert.IsAssignableFrom<OperationCanceledException>(await Ended.ExceptionAsync(run));
        while (output.Reader.TryRead(out _))
        {
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.WithAsync(output.Reader.Completion));

        int Cancel()
        {
            source.Cancel();
            return 0;
        }
    }

    // Skipped elements were silent.
    [Fact]
    public async Task LeftOutItems_AreCountedOneByOne()
    {
        await using PipelineRun run = Pipeline.Range(0, 100).Skip(7).Where(x => x % 2 == 0).SkipWhile(x => x < 20).DistinctBy(x => x % 10)
            .Window(2, 3).ForEach(_ => { }).Start();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal([7, 47, 6, 35, 1], report.Blocks.Skip(1).SkipLast(1).Select(block => block.Filtered));
        Assert.Equal([93, 46, 40, 5, 2], report.Blocks.Skip(1).SkipLast(1).Select(block => block.Out));
    }

    private static async ValueTask<int> YieldAsync(int item)
    {
        await Task.Yield();
        return item;
    }

    private static IEnumerable<int> Endless()
    {
        while (true)
        {
            yield return 0;
        }
    }

    /// <summary>Has nothing, until it ends, and counts who waits for it.</summary>
    private sealed class IdleReader : ChannelReader<int>
    {
        private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waits;

        public int Waits => Volatile.Read(ref _waits);

        public bool End() => _end.TrySetResult(false);

        public override bool TryRead(out int item)
        {
            item = 0;
            return false;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _waits);
            return new(_end.Task.WaitAsync(cancellationToken));
        }
    }
}

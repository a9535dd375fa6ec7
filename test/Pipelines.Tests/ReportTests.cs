using System.Text;
using Microsoft.Extensions.Time.Testing;
using Snapshots;
using static Snapshots.Verifier;

namespace Pipelines.Tests;

/// <summary>What a report says of a run: counts, times and how they read.</summary>
public sealed class ReportTests
{
    // A wait under way was booked as work, and so was the time after a block's end: a producer that had long ended looked like the bottleneck.
    [Fact]
    public void Times_BlockHasEndedOrSleeps_AreNotBookedAsWork()
    {
        var time = new FakeTimeProvider();
        var scheduler = new StepScheduler(1);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.Range(0, 1)
            .SelectAsync(async x => { await release.Task; return x; })
            .ForEachAsync(_ => default(ValueTask))
            .Start(new PipelineOptions { TimeProvider = time, Scheduler = scheduler });
        while (scheduler.Step())
        {
        }

        time.Advance(TimeSpan.FromSeconds(10));
        AssertTimes(run.Snapshot());
        release.SetResult();
        scheduler.RunToItsEnd(run);
        Assert.Equal(TimeSpan.FromSeconds(10), run.Snapshot().Elapsed);
        AssertTimes(run.Snapshot());

        static void AssertTimes(PipelineReport report)
        {
            TimeSpan all = TimeSpan.FromSeconds(10);
            Assert.Equal([TimeSpan.Zero, all, TimeSpan.Zero], report.Blocks.Select(block => block.Busy));
            Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, all], report.Blocks.Select(block => block.Starved));
            Assert.All(report.Blocks, block => Assert.Equal(TimeSpan.Zero, block.Blocked));
        }
    }

    [Fact]
    public void Times_ConsumerIsSlow_BlockInFrontWaitsForRoom()
    {
        var time = new FakeTimeProvider();
        var scheduler = new StepScheduler(1);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.Range(0, 10).ForEachAsync(async _ => await release.Task)
            .Start(new PipelineOptions { TimeProvider = time, Scheduler = scheduler, Capacity = 2 });
        while (scheduler.Step())
        {
        }

        time.Advance(TimeSpan.FromSeconds(10));
        release.SetResult();
        scheduler.RunToItsEnd(run);

        Assert.Equal(TimeSpan.FromSeconds(10), run.Snapshot().Blocks[0].Blocked);
        Assert.Equal(TimeSpan.FromSeconds(10), run.Snapshot().Blocks[1].Busy);
    }

    [Fact]
    public void Times_PoolWithFewItems_ItsIdleWorkersWaitForInput()
    {
        var time = new FakeTimeProvider();
        var scheduler = new StepScheduler(1);
        var source = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.From(source.Reader)
            .SelectAsync(async x => { await release.Task; return x; }, new() { Parallelism = 3 })
            .ForEach(_ => { })
            .Start(new PipelineOptions { TimeProvider = time, Scheduler = scheduler });
        PassTime(3);
        AssertTimes(0, 9);
        source.Writer.TryWrite(1);
        PassTime(5);
        AssertTimes(5, 19);
        release.SetResult();
        PassTime(7);
        AssertTimes(5, 40);
        source.Writer.Complete();
        scheduler.RunToItsEnd(run);
        AssertTimes(5, 40);

        void PassTime(int seconds)
        {
            while (scheduler.Step())
            {
            }

            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        void AssertTimes(int busy, int starved)
        {
            BlockReport pool = run.Snapshot().Blocks[1];
            Assert.Equal((busy, starved), ((int)pool.Busy.TotalSeconds, (int)pool.Starved.TotalSeconds));
        }
    }

    [Fact]
    public void Snapshot_InTheMiddle_SaysWhatHasBeenDoneSoFarAndDoesNotChange()
    {
        var scheduler = new StepScheduler(1);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.Range(0, 10)
            .Where(x => x % 2 == 0)
            .ForEachAsync(async x => await (x == 4 ? release.Task : Task.CompletedTask))
            .Start(new PipelineOptions { Name = "middle", Scheduler = scheduler });
        while (scheduler.Step())
        {
        }

        PipelineReport middle = run.Snapshot();
        release.SetResult();
        scheduler.RunToItsEnd(run);

        Assert.Equal(("middle", RunOutcome.Running), (middle.Name, middle.Outcome));
        Assert.Equal([10, 5, 2], middle.Blocks.Select(block => block.Out));
        Assert.Equal([0, 10, 5], middle.Blocks.Select(block => block.In));
        Assert.Equal([10, 5, 5], run.Snapshot().Blocks.Select(block => block.Out));
        Assert.Equal(RunOutcome.Completed, run.Snapshot().Outcome);
    }

    // The end was noted as a timestamp that was not 0, and a clock that stands there made the run's end be "not yet".
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-5)]
    public void Elapsed_RunEndedWhenTheClockStoodAtZero_DoesNotGrow(long start)
    {
        var time = new ClockFrom(start);
        var scheduler = new StepScheduler(1);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun run = Pipeline.Range(0, 1).ForEachAsync(async _ => await release.Task).Start(
            new PipelineOptions { TimeProvider = time, Scheduler = scheduler });
        while (scheduler.Step())
        {
        }

        time.Timestamp = 0;
        release.SetResult();
        scheduler.RunToItsEnd(run);
        TimeSpan elapsed = run.Snapshot().Elapsed;
        time.Timestamp = 1_000_000;

        Assert.Equal(elapsed, run.Snapshot().Elapsed);
        Assert.All(
            run.Snapshot().Blocks,
            block => Assert.InRange(block.Busy + block.Starved + block.Blocked + block.Unthreaded, TimeSpan.Zero, TimeSpan.FromMicroseconds(1)));
    }

    private sealed class ClockFrom(long timestamp) : TimeProvider
    {
        public long Timestamp { get; set; } = timestamp;

        public override long GetTimestamp() => Timestamp;
    }

    [Fact]
    public async Task ToString_CompletedRun_ReadsAsATable() =>
        await Verify((await Pipeline.Range(0, 12_345)
            .Where(x => x % 10 != 0, new() { Name = "x % 10 != 0" })
            .Buffer(16)
            .Batch(1000)
            .ForEach(_ => { }, new() { Name = "store" })
            .RunAsync(new PipelineOptions { Name = "import" })).ToString(), Scrubbed());

    [Fact]
    public async Task ToString_FailedRun_SaysWhereAndWhat()
    {
        var scheduler = new StepScheduler(1);
        PipelineRun run = Pipeline.Range(0, 10)
            .Select(x => x == 7 ? throw new InvalidDataException("The item is odd.") : x, new() { Name = "parse" })
            .Batch(5)
            .ForEach(_ => { }, new() { Name = "store" })
            .Start(new PipelineOptions { Scheduler = scheduler });
        scheduler.RunToItsEnd(run);
        await Verify(run.Snapshot().ToString(), Scrubbed());
    }

    [Fact]
    public void ToString_RunThatHasNotBegun_HasNoShares()
    {
        var scheduler = new StepScheduler(1);
        PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }, new() { Name = "store" }).Start(new PipelineOptions { Scheduler = scheduler });

        Assert.DoesNotContain("%", run.Snapshot().ToString());
        scheduler.RunToItsEnd(run);
    }

    // Times differ from run to run, and with their digits the widths of their columns.
    private static VerifySettings Scrubbed() => new VerifySettings().AddScrubber(text =>
    {
        string[] lines = text.ToString().Split('\n');
        lines[0] = lines[0][..(lines[0].LastIndexOf("after", StringComparison.Ordinal) + 5)] + " {time}";
        int header = Array.FindIndex(lines, line => line.TrimStart().StartsWith("block ", StringComparison.Ordinal));
        int shares = lines[header][..lines[header].IndexOf("busy", StringComparison.Ordinal)].TrimEnd().Length;
        for (int i = header; i < lines.Length && lines[i].StartsWith(' '); i++)
        {
            lines[i] = lines[i][..shares] + "  {shares}";
        }

        if (lines[^1].StartsWith("Bottleneck:", StringComparison.Ordinal))
        {
            lines[^1] = "{bottleneck}";
        }

        text.Clear().AppendJoin('\n', lines);
    });
}

using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Blocks;

/// <summary>Batches by age, on a clock and a scheduler that only the test moves.</summary>
public sealed class BatchAgeTests
{
    private readonly Channel<int> _source = Channel.CreateUnbounded<int>();
    private readonly List<int[]> _batches = [];
    private readonly StepScheduler _scheduler = new(1);
    private readonly LaggingTime _time = new();

    // The age counts from the first item: a trickle must not put the flush off for ever.
    [Fact]
    public void Batch_Trickle_IsFlushedAtTheAgeOfItsFirstItem()
    {
        PipelineRun run = Start(TimeSpan.FromSeconds(5));
        for (int i = 0; i < 4; i++)
        {
            Write(i);
            Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal([[0, 1, 2]], _batches);
        Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([[0, 1, 2]], _batches);
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([[0, 1, 2], [3]], _batches);
        End(run);
        Assert.Equal(2, _batches.Count);
    }

    // A timer counts coarser than timestamps do. When it rang early nobody set it again, and the batch waited for another item.
    [Fact]
    public void Batch_TimerRingsEarly_IsFlushedAllTheSame()
    {
        PipelineRun run = Start(TimeSpan.FromMilliseconds(100));
        Write(1);
        _time.Lag = TimeSpan.FromMilliseconds(4);
        Advance(TimeSpan.FromMilliseconds(100));
        Assert.Empty(_batches);
        Advance(TimeSpan.FromMilliseconds(4));
        Assert.Equal([[1]], _batches);
        End(run);
        Assert.Single(_batches);
    }

    [Fact]
    public void Batch_FractionOfAMillisecond_IsFlushedAllTheSame()
    {
        PipelineRun run = Start(TimeSpan.FromMicroseconds(1500));
        Write(1);
        Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal([[1]], _batches);
        End(run);
    }

    [Fact]
    public void Batch_FullBeforeItsTime_LeavesTheTimeToTheNext()
    {
        PipelineRun run = Start(TimeSpan.FromSeconds(5));
        Write(0);
        Advance(TimeSpan.FromSeconds(4));
        Enumerable.Range(1, 10).ToList().ForEach(Write);
        Assert.Equal([10], _batches.Select(batch => batch.Length));
        Advance(TimeSpan.FromSeconds(4));
        Assert.Single(_batches);
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([10, 1], _batches.Select(batch => batch.Length));
        End(run);
    }

    [Fact]
    public void Batch_SourceEndsAtTheVeryAge_IsFlushedOnce()
    {
        PipelineRun run = Start(TimeSpan.FromSeconds(5));
        Write(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        End(run);

        Assert.Equal([[1]], _batches);
    }

    private PipelineRun Start(TimeSpan age)
    {
        PipelineRun run = Pipeline.From(_source.Reader).Batch(10, age).ForEach(_batches.Add)
            .Start(new PipelineOptions { TimeProvider = _time, Scheduler = _scheduler });
        Settle();
        return run;
    }

    private void Write(int item)
    {
        _source.Writer.TryWrite(item);
        Settle();
    }

    private void Advance(TimeSpan time)
    {
        _time.Advance(time);
        Settle();
    }

    private void End(PipelineRun run)
    {
        _source.Writer.Complete();
        _scheduler.RunToItsEnd(run);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    private void Settle()
    {
        while (_scheduler.Step())
        {
        }
    }

    /// <summary>Its timestamps can lag behind its timers.</summary>
    private sealed class LaggingTime : FakeTimeProvider
    {
        public TimeSpan Lag { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() - (long)(Lag.TotalSeconds * TimestampFrequency);
    }
}

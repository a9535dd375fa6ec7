namespace Pipelines;

/// <summary>What a run did between two reports of it, as a report: of a run that has gone on for days the last seconds say more than the whole.</summary>
internal static class ReportDelta
{
    public static PipelineReport Between(PipelineReport before, PipelineReport now)
    {
        TimeSpan elapsed = now.Elapsed - before.Elapsed;
        if (elapsed <= TimeSpan.Zero || before.Blocks.Count != now.Blocks.Count)
        {
            return now;
        }

        return new()
        {
            Name = now.Name,
            Outcome = now.Outcome,
            Elapsed = elapsed,
            Blocks = [.. now.Blocks.Zip(before.Blocks, (after, earlier) => Between(earlier, after, elapsed))],
            Links = now.Links,
        };
    }

    private static BlockReport Between(BlockReport before, BlockReport now, TimeSpan elapsed) => new()
    {
        Name = now.Name,
        Kind = now.Kind,
        Island = now.Island,
        Parallelism = now.Parallelism,
        MeanParallelism = before.Parallelism == now.Parallelism ? now.Parallelism : Math.Max(1, (now.Time - before.Time) / elapsed),
        HasWorkers = now.HasWorkers,
        Ordered = now.Ordered,
        CountsApart = now.CountsApart,
        KeepsTime = now.KeepsTime,
        In = now.In - before.In,
        Out = now.Out - before.Out,
        Filtered = now.Filtered - before.Filtered,
        Failed = now.Failed - before.Failed,
        Dropped = now.Dropped - before.Dropped,
        Undelivered = now.Undelivered - before.Undelivered,
        Busy = NotNegative(now.Busy - before.Busy),
        Starved = NotNegative(now.Starved - before.Starved),
        Blocked = NotNegative(now.Blocked - before.Blocked),
        Unthreaded = NotNegative(now.Unthreaded - before.Unthreaded),
        Passing = NotNegative(now.Passing - before.Passing),
        Inside = NotNegative(now.Inside - before.Inside),
    };

    // Counts are read one after the other while the run goes on.
    private static TimeSpan NotNegative(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}

namespace Pipelines;

/// <summary>What one block has done in a run. Counts are items, in the block's own units on either side.</summary>
/// <remarks>
/// When a run has ended, <c>In = Out + Filtered + Failed + Dropped + Undelivered</c> for every block that does not change the
/// number of items, and <c>In</c> is the sum of what the blocks upstream put out. While it runs, the difference is what is in flight.
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class BlockReport
{
    /// <summary>The block's name, unique in its pipeline.</summary>
    public required string Name { get; init; }

    /// <summary>Producer, transform or consumer.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>How many items the block may work on at once, at the moment of the report: it may change while the block runs.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>The number of the loop that the block runs in, from 1 on: blocks of the same number run as one. 0 if it runs in none, being read from
    /// outside.</summary>
    public int Island { get; init; }

    /// <summary>Items that came in, those that still wait in front of the block included.</summary>
    public long In { get; init; }

    /// <summary>Items that went out; of a consumer, items it has consumed.</summary>
    public long Out { get; init; }

    /// <summary>Items that the block was asked to leave out.</summary>
    public long Filtered { get; init; }

    /// <summary>Items on which user code threw.</summary>
    public long Failed { get; init; }

    /// <summary>Items dropped because the block was told to drop when full.</summary>
    public long Dropped { get; init; }

    /// <summary>Items that were here when the run ended and went no further; see <see cref="PipelineOptions.OnUndelivered"/>.</summary>
    public long Undelivered { get; init; }

    /// <summary>
    /// Time at work: code of the library or of the user's executed, or what that code awaits did. With <see cref="Starved"/>, <see cref="Blocked"/> and
    /// <see cref="Unthreaded"/> it adds up to the time from the block's start to its end times <see cref="Parallelism"/>, or its mean if that has changed.
    /// Blocks that run as one loop share it; behind a pool each has the mean of the pool's workers.
    /// </summary>
    public TimeSpan Busy { get; init; }

    /// <summary>Time spent waiting for input, or without a worker's having anything to do.</summary>
    public TimeSpan Starved { get; init; }

    /// <summary>Time spent waiting for room downstream: in the next link, or in a pool's window of results that have yet to be passed on.</summary>
    public TimeSpan Blocked { get; init; }

    /// <summary>Time spent waiting for a thread: the block could have gone on, and nobody executed it, because the thread pool, or the run's scheduler, was
    /// short of threads.</summary>
    public TimeSpan Unthreaded { get; init; }

    /// <summary>Its workers, where they are not threads of this process; see <see cref="BlockOptions.Workers"/>.</summary>
    public IReadOnlyList<WorkerReport> Workers { get; init; } = [];

    /// <summary>All of its time: the four accounts together.</summary>
    internal TimeSpan Time => Busy + Starved + Blocked + Unthreaded;

    /// <summary>The parallelism over the block's time; 0 if it has not changed.</summary>
    internal double MeanParallelism { get => field > 0 ? field : Parallelism; init; }

    /// <summary>Whether workers of its own execute it, one or more.</summary>
    internal bool HasWorkers { get; init; }

    /// <summary>Whether the block's output order is its input order.</summary>
    internal bool Ordered { get; init; } = true;

    /// <summary>Whether its input and its output are counted in units of their own, so that their difference says nothing.</summary>
    internal bool CountsApart { get; init; }

    /// <summary>Whether it is a producer that waits for its own clock.</summary>
    internal bool KeepsTime { get; init; }

    /// <summary>Of a pool's loop, the part of its busy time that went into the blocks behind the pool, which run one item at a time; zero where nobody has
    /// measured it.</summary>
    internal TimeSpan Passing { get; init; }

    /// <summary>Of a block in a parallel section, how long the section's workers were seen in its code: to be compared with that of the others.</summary>
    internal TimeSpan Inside { get; init; }

    /// <summary>The row in a line.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebugText.Of(this);

    private string DebuggerDisplay => DebugText.Of(this);
}

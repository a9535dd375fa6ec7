namespace Pipelines;

/// <summary>What a run was like over time: a sample whenever somebody adds one, the last so many of them.</summary>
/// <remarks>
/// It has no timer and takes no part in the run: who watches a run anyway adds what it sees. Thread-safe. <b>Cost:</b> a sample keeps 8 bytes for each block
/// and each link, and nothing of the run.
/// </remarks>
public sealed class PipelineTimeline
{
    private const int DefaultCapacity = 300;

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new();

    /// <summary>Makes an empty one.</summary>
    /// <param name="capacity">How many samples are kept: with one a second, 300 are five minutes. Further ones replace the oldest.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    public PipelineTimeline(int capacity = DefaultCapacity) => Capacity = Require.Capacity(capacity);

    /// <summary>How many samples are kept.</summary>
    public int Capacity { get; }

    /// <summary>How many samples there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _samples.Count;
            }
        }
    }

    /// <summary>Adds what a run had done at a moment.</summary>
    /// <param name="report">A snapshot, or the final report. All of them of the same run, in order: an earlier one than the last is not added.</param>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    public void Add(PipelineReport report)
    {
        Require.NotNull(report);
        var sample = new Sample(report.Elapsed, [.. report.Blocks.Select(block => block.Out)], [.. report.Links.Select(link => link.Waiting)]);
        lock (_gate)
        {
            if (_samples.Count > 0 && sample.Elapsed <= Last)
            {
                return;
            }

            if (_samples.Count == Capacity)
            {
                _samples.Dequeue();
            }

            _samples.Enqueue(sample);
            Last = sample.Elapsed;
        }
    }

    /// <summary>The samples, the oldest first.</summary>
    internal Sample[] Read()
    {
        lock (_gate)
        {
            return [.. _samples];
        }
    }

    private TimeSpan Last { get; set; }

    /// <summary>One moment.</summary>
    /// <param name="Elapsed">Since the run's start.</param>
    /// <param name="Out">What each block had put out.</param>
    /// <param name="Waiting">What waited on each link.</param>
    internal readonly record struct Sample(TimeSpan Elapsed, long[] Out, long[] Waiting);
}

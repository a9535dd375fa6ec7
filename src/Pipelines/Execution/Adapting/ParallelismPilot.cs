namespace Pipelines.Execution;

/// <summary>What the workers of a block tell of their items, for its <see cref="ParallelismController"/>, and what that makes of it.</summary>
/// <remarks>The controller is under a lock of its own, under which nobody is called. <see cref="Current"/> is written there and read under the block's gate: so
/// however the calls that follow from two changes overtake each other, the block has the latest in the end.</remarks>
internal sealed class ParallelismPilot
{
    private readonly Lock _lock = new();
    private readonly Edge _edge;
    private readonly Action _changed;
    private readonly AdaptiveParallelism _bounds;
    private ParallelismController? _controller; // made when the run has begun: the clock is not asked before
    private int _atWork;
    private volatile int _current;
    private volatile bool _isOff;

    private ParallelismPilot(AdaptiveParallelism bounds, Edge edge, Action changed) =>
        (_bounds, _edge, _changed, _current) = (bounds, edge, changed, bounds.Minimum);

    /// <summary>The pilot of a block whose options ask for one; else null.</summary>
    /// <param name="options">The block's, or the section's.</param>
    /// <param name="run">The run.</param>
    /// <param name="changed">Takes over <see cref="Current"/>. Called on a worker's thread, under no lock.</param>
    public static ParallelismPilot? Of(BlockOptions options, PipelineRun run, Action changed) =>
        options.AdaptiveParallelism is { } bounds ? new(bounds, run.Edge, changed) : null;

    /// <summary>The value that was found last.</summary>
    public int Current => _current;

    /// <summary>Somebody has set the value by hand: no more is looked for.</summary>
    public bool IsOff => _isOff;

    public void SwitchOff() => _isOff = true;

    /// <summary>A worker has items in hand. Returns the moment, to be given back.</summary>
    public long Enter()
    {
        Interlocked.Increment(ref _atWork);
        return _edge.Timestamp();
    }

    /// <summary>It has none any more, and there is nothing to be learnt from what it took.</summary>
    public void Leave() => Interlocked.Decrement(ref _atWork);

    /// <summary>It has none any more.</summary>
    /// <param name="entered">When it had.</param>
    /// <param name="items">How many.</param>
    /// <param name="failed">How many of them failed.</param>
    public void Leave(long entered, int items, int failed)
    {
        int atWork = Interlocked.Decrement(ref _atWork) + 1;
        if (_isOff || items == 0)
        {
            return;
        }

        long now = _edge.Timestamp();
        long ticksPerSecond = _edge.TicksPerSecond;
        bool isNew;
        lock (_lock)
        {
            _controller ??= new(_bounds, ticksPerSecond);
            _controller.Sample(now, now - entered, items, failed, atWork);
            isNew = _controller.Current != _current;
            _current = _controller.Current;
        }

        if (isNew)
        {
            _changed();
        }
    }
}

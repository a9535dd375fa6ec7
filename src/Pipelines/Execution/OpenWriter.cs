using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A link's writing side in the hands of user code: any number of tasks write, and they may end it early. Ending it with an
/// error fails the run at once and leaves the link open, so that nobody downstream takes it for a good end.</summary>
internal sealed class OpenWriter<T>
{
    private readonly ChannelEnd _end = new();
    private readonly SharedWriter<T> _writer;

    private readonly SideWatch _watch;
    private readonly Ring<T> _link;

    /// <param name="link">Where the items go.</param>
    /// <param name="block">The block that writes.</param>
    /// <param name="sides">Who is at rest while a write waits; null for a producer, which is at rest in any case, and whose writes wait while the run is
    /// paused.</param>
    /// <param name="failed">What hears of the error that the code ends the stream with; null for the block.</param>
    public OpenWriter(Ring<T> link, BlockRun block, CodeSides? sides, Action<Exception>? failed = null)
    {
        _link = link;
        _watch = new SideWatch(block.Run, sides);
        _writer = new SharedWriter<T>(
            link,
            _end,
            link.Gate,
            failed ?? block.Caught,
            home: block.Run.Edge.Home,
            observer: _watch,
            watch: sides is null ? new ProducerWrites(block.Run) : null);
    }

    public ChannelWriter<T> Writer => _writer;

    /// <summary>Whether nobody takes any more although the stream has not been ended. Whoever has ended it is left by its reader too.</summary>
    public bool IsUnwanted => _link.IsReaderGone && !_writer.HasEndedFirst;

    /// <summary>How long user code has waited for room so far.</summary>
    public long WaitedAt(long now) => _watch.At(now);

    /// <summary>The run is paused, goes on, or stops: looks again whether writes wait. None that was let through before is under way when it returns.</summary>
    public void LookAgain() => _writer.Woken();

    /// <summary>The function has returned, and the run does not abort: ends the stream, if it has not done so itself. One that it has ended with an error
    /// ends here too, since the run drains.</summary>
    public void End()
    {
        _writer.TryComplete();
        _link.Close();
    }

    /// <summary>The run is aborting: whoever writes or waits to write is told so.</summary>
    public void Break(CancellationToken token) => _writer.Break(new OperationCanceledException("The pipeline run is aborting.", token));
}

/// <summary>A block that puts out what user code has written to the link behind it.</summary>
internal sealed class WriterBlockRun(PipelineRun run, Blueprint blueprint, Queue output) : BlockRun(run, blueprint)
{
    public override long OutOf(long taken, long held) => output.Written;

    /// <summary>How many more items fit into the link behind the block now. Whoever alone writes there can count on them: they become more, not
    /// fewer.</summary>
    public long Room => output.Capacity - output.Count;
}

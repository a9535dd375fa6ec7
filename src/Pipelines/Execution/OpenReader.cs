using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A link's reading side in the hands of user code: any number of tasks read.</summary>
internal sealed class OpenReader<T>
{
    private readonly SharedReader<T> _reader;

    private readonly SideWatch _watch;

    public OpenReader(Ring<T> link, CodeSides sides)
    {
        _watch = new SideWatch(sides.Run, sides);
        _reader = new SharedReader<T>(link, new ChannelEnd(), link.Gate, home: sides.Run.Edge.Home, observer: _watch);
    }

    public ChannelReader<T> Reader => _reader;

    /// <summary>How long user code has waited for input so far.</summary>
    public long WaitedAt(long now) => _watch.At(now);

    /// <summary>The run is aborting: whoever reads or waits to read is told so. What waits stays for the block to give back.</summary>
    public void Break(CancellationToken token) => _reader.Break(new OperationCanceledException("The pipeline run is aborting.", token));
}

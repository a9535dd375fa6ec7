using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The outputs of an island, or of one line of it behind a fork: links, and consumers that take everything.</summary>
internal interface IOutlets : IReaderWatch
{
    /// <summary>There is one more. While the run is planned.</summary>
    void AddOutlet();
}

/// <summary>The outputs of a fork's main line. They have left when each has, or when the line has had enough: a <c>Take</c> in its middle.</summary>
internal sealed class MainLine(IOutlets island) : IOutlets
{
    private int _outlets;
    private int _hasEnded;

    public void AddOutlet() => _outlets++;

    public void ReaderLeft()
    {
        if (Interlocked.Decrement(ref _outlets) == 0)
        {
            End();
        }
    }

    /// <summary>The line takes no more. Calls after the first change nothing.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            island.ReaderLeft();
        }
    }
}

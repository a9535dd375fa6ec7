namespace Pipelines.Tests.Blocks.Outlets;

/// <summary>A way out of a pipeline: what reads it there, to the end of the stream.</summary>
public abstract class Outlet(string name)
{
    /// <summary>Whether the trial can abort the run: where the reader holds nothing that could, it cannot.</summary>
    public virtual bool CanAbort => true;

    /// <summary>Runs a pipeline and reads all of it.</summary>
    /// <param name="build">Puts blocks behind the trial's source.</param>
    /// <param name="trial">The source, the options, and who hears of each item that was read.</param>
    /// <returns>What the reader was told at the end of the stream: null for a good end.</returns>
    internal abstract Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial);

    public override string ToString() => name;
}

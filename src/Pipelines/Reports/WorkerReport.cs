namespace Pipelines;

/// <summary>One worker of a block whose items are worked on outside of this process; see <see cref="BlockOptions.Workers"/>.</summary>
[DebuggerDisplay("{Id}: {Items} items, {Restarts} restarts")]
public sealed class WorkerReport
{
    /// <summary>Which one it is, in the words of those workers: of a process its number in the system, 0 if there is none at the moment.</summary>
    public required int Id { get; init; }

    /// <summary>How many items it has answered, those before it was replaced included.</summary>
    public long Items { get; init; }

    /// <summary>How often it was replaced, for whatever reason.</summary>
    public int Restarts { get; init; }

    /// <summary>How much memory it uses at the moment.</summary>
    /// <value>Bytes; 0 if that is not known.</value>
    public long Memory { get; init; }
}

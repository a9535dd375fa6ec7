namespace Pipelines;

/// <summary>Where and on what a run failed.</summary>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed record BlockFailure
{
    /// <summary>The name of the block whose code threw.</summary>
    public required string Block { get; init; }

    /// <summary>The item it threw on; null if it threw outside of any item, as an enumerator does.</summary>
    public required object? Item { get; init; }

    /// <summary>What it threw, as it was thrown.</summary>
    public required Exception Exception { get; init; }

    /// <summary>The key in <see cref="Exception.Data"/> under which the block's name stands.</summary>
    public const string BlockKey = "Pipelines.Block";

    /// <summary>The key in <see cref="Exception.Data"/> under which the item's text stands.</summary>
    public const string ItemKey = "Pipelines.Item";

    // The exception travels out of the run bare, so what is known of its place travels in it.
    internal void Mark()
    {
        try
        {
            Exception.Data[BlockKey] = Block;
            Exception.Data[ItemKey] = Item?.ToString();
        }
        catch (Exception refused)
        {
            // A type may refuse data, and an item's ToString may throw. The failure itself is what must get through.
            Debug.WriteLine(refused);
        }
    }

    private string DebuggerDisplay => $"{Block}: {Exception.GetType().Name}: {Exception.Message}";
}

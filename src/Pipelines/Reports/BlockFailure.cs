using System.Collections;

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

    /// <summary>
    /// The key in <see cref="Exception.Data"/> under which the block's name stands: of the first block that threw this exception object. The item is not
    /// there: whoever logs an
    /// exception logs its data, and an item is the user's. <see cref="PipelineReport.Of"/> has it.
    /// </summary>
    public const string BlockKey = "Pipelines.Block";

    // The exception travels out of the run bare, so what is known of its place travels in it. An exception object that was marked before keeps its mark:
    // whoever has caught
    // it from another run may be reading that, and where one pipeline runs inside another the innermost block is the one.
    internal void Mark()
    {
        try
        {
            IDictionary data = Exception.Data;
            if (!data.Contains(BlockKey))
            {
                data[BlockKey] = Block;
            }
        }
        catch (Exception refused)
        {
            // A type may refuse data, or have none. The failure itself is what must get through.
            Debug.WriteLine(SafeText.Of(refused));
        }
    }

    /// <summary>Block, exception and item in a line of bounded length. It never throws, whatever the item's own text does.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerDisplay + (Item is null ? "" : $", on {SafeText.Of(Item)}");

    private string DebuggerDisplay => $"{SafeText.OnOneLine(Block)}: {SafeText.OfException(Exception)}";
}

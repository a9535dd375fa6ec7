namespace Pipelines;

/// <summary>An item that a block failed on and left out, because its <see cref="BlockOptions.OnError"/> says so.</summary>
[DebuggerDisplay("{Item} failed in {Block}: {Exception.Message}")]
public sealed record DeadLetter
{
    /// <summary>The item.</summary>
    public required object? Item { get; init; }

    /// <summary>What the block's delegate threw, as it was thrown. <see cref="TimeoutException"/> if the item exceeded <see
    /// cref="BlockOptions.Timeout"/>.</summary>
    public required Exception Exception { get; init; }

    /// <summary>The name of the block, as in the run's report.</summary>
    public required string Block { get; init; }

    /// <summary>When the failure was dealt with, by <see cref="PipelineOptions.TimeProvider"/>.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Block, exception and item in a line of bounded length. It never throws, whatever the item's own text does.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{SafeText.OnOneLine(Block)}: {SafeText.OfException(Exception)}, on {SafeText.Of(Item)}";
}

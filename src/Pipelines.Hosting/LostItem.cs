namespace Pipelines.Hosting;

/// <summary>Something that a hosted pipeline had accepted and will not deliver.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Item">What it is, as the block had it: of a block that takes batches, a batch.</param>
/// <param name="Block">The block that had it, or that it waited for; <c>inbox</c> for what still was in the inbox.</param>
/// <param name="Reason">Why it goes no further.</param>
/// <param name="Exception">What was thrown on it, if that is the reason.</param>
public sealed record LostItem(string Pipeline, object? Item, string Block, LossReason Reason, Exception? Exception)
{
    /// <summary>Where it was and why, without its contents.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Pipeline}: {Reason} at {Block}";
}

/// <summary>Why something that was accepted is not delivered.</summary>
public enum LossReason
{
    /// <summary>It is the item that a block threw on, and that ended the run.</summary>
    Failed,

    /// <summary>It was in flight when its run ended: by another item's failure, or because the time to drain was up.</summary>
    Undelivered,

    /// <summary>It was in the inbox when the host had stopped.</summary>
    LeftInInbox,
}

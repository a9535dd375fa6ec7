namespace Pipelines;

/// <summary>What one block left items out for: exceptions of one type. Text and numbers, so that whoever keeps it keeps neither items nor exceptions.</summary>
/// <param name="Block">The block's name.</param>
/// <param name="Type">The exceptions' full type name.</param>
/// <param name="Count">How many there were.</param>
/// <param name="At">When the last one was.</param>
/// <param name="Message">What it said.</param>
/// <param name="Text">It with its stack, of one not much older than the last; null if nobody was there to read it.</param>
/// <param name="Item">The text of its item, if items are shown.</param>
internal sealed record ErrorGroup(string Block, string Type, long Count, DateTimeOffset At, string Message, string? Text, string? Item);

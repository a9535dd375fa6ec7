namespace Pipelines.Hosting;

/// <summary>How long the scope lives that a block takes its service from.</summary>
public enum ScopePer
{
    /// <summary>As long as one call: an item, or a batch. The default: nothing that one item has left in a service meets the next.</summary>
    Item,

    /// <summary>As long as the run, and one item at a time uses it: there are as many as the block has items at work at once. One whose item has failed is
    /// disposed at once, and another takes its place.</summary>
    Worker,
}

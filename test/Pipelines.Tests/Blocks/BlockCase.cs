namespace Pipelines.Tests.Blocks;

/// <summary>An operator as the contract sees it: what it does to a pipeline of integers, and what it should do.</summary>
/// <param name="Name">For the test list.</param>
/// <param name="Apply">Puts the block behind a pipeline; the action is to be called with each item that the block's delegate gets.</param>
/// <param name="Model">What comes out for what goes in.</param>
public sealed record BlockCase(
    string Name, Func<Pipeline<int>, Action<int>, Pipeline<int>> Apply, Func<IEnumerable<int>, IEnumerable<int>> Model)
{
    /// <summary>Whether output order is the model's.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>Whether it has a delegate that can fail on an item.</summary>
    public bool CanFail { get; init; } = true;

    /// <summary>Whether it may have had enough before the input ends.</summary>
    public bool EndsEarly { get; init; }

    /// <summary>Whether what goes in comes out one for one, so that blocks can be compared one with the next.</summary>
    public bool InLine { get; init; } = true;

    /// <summary>Whether it has a branch that goes on taking items when the main line has had enough.</summary>
    public bool HasBranch { get; init; }

    /// <summary>Whether a consumer that waits makes the source wait.</summary>
    public bool Bounded { get; init; } = true;

    /// <summary>Whether its delegate gets items one by one, so that a failure has one; it may get a whole stream instead.</summary>
    public bool ItemByItem { get; init; } = true;

    public override string ToString() => Name;
}

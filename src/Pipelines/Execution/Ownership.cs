namespace Pipelines.Execution;

/// <summary>Whose the items in front of a block are, by what stands upstream: asked only when one of them goes no further.</summary>
internal readonly struct Ownership
{
    private Ownership(int depth, bool isShared) => (Depth, IsShared) = (depth, isShared);

    /// <summary>How many arrays and tuples of our blocks' making, one in the other, are around what is the user's.</summary>
    public int Depth { get; }

    /// <summary>Whether it may be in other hands too: something upstream gives it to several.</summary>
    public bool IsShared { get; }

    public static Ownership InFrontOf(BlockRun block)
    {
        int depth = 0;
        bool isShared = false;
        foreach (IOutlet input in block.Inputs)
        {
            BlockRun source = input.Source;
            Blueprint blueprint = source.Blueprint;
            Ownership before = source.Ownership;
            isShared |= blueprint.SharesItems || before.IsShared;
            depth = Math.Max(depth, blueprint.MakesContainers ? before.Depth + 1 : blueprint.PassesItems ? before.Depth : 0);
        }

        return new(depth, isShared);
    }

    /// <summary>The same for what a block has made out of such an item.</summary>
    public Ownership OfResult => new(0, IsShared);
}

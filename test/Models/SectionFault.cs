namespace Pipelines.Models;

/// <summary>What is taken away from the baton of a parallel section; the model must find each of them.</summary>
public enum SectionFault
{
    None,

    /// <summary>SectionIsland.SeeToRoom has a worker lie down by what it saw of its line's mark before it took the gate.</summary>
    LieWithoutLook,

    /// <summary>SectionIsland.EndLine finds nothing more to pass on, leaves the gate, and leaves the baton then.</summary>
    LeftBehindGate,

    /// <summary>Neither SectionWindow.Passed and Free, when slots are free, nor TryTake, when the baton is left, wakes the worker that lies at a line. (One of
    /// them is enough.)</summary>
    SleeperForgotten,

    /// <summary>SectionIsland.PassStraightOn passes results straight on although some of those before are still on their way.</summary>
    StraightBeforeRest,

    /// <summary>PassingIsland.Poll forgets the baton after it has left it: whoever has handed it back meanwhile is forgotten.</summary>
    BatonForgottenLate,
}

/// <summary>What is modelled of a section.</summary>
/// <param name="Slots">How many results there can be.</param>
/// <param name="Items">How many there are, each of them a run.</param>
/// <param name="Each">How many results each yields.</param>
/// <param name="Fills">So many results, as they are passed on, fill the chain.</param>
internal sealed record SectionShape(int Slots, int Items, int Each, int Fills = 0)
{
    public override string ToString() => $"{Slots} slots, {Items} items of {Each}{(Fills > 0 ? $", the chain fills {Fills} times" : "")}";
}

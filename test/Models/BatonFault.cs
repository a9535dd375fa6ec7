namespace Pipelines.Models;

/// <summary>What is taken away from the reorder window; the model must find each of them.</summary>
public enum BatonFault
{
    None,

    /// <summary>ReorderWindow.Publish looks for the baton and then stores, instead of an exchange.</summary>
    PublishWithoutExchange,

    /// <summary>The results are put in their places behind the exchange.</summary>
    ResultsBehindWord,

    /// <summary>ReorderWindow.TakeHead leaves the baton without comparing.</summary>
    LeaveWithoutComparison,

    /// <summary>ReorderWindow.TakeHead finds nothing and leaves the baton nowhere.</summary>
    BatonLeftNowhere,

    /// <summary>ReorderWindow.MoveHead moves the head before it has cleared the word.</summary>
    HeadBeforeWord,

    /// <summary>The head is a plain store: the word may be cleared after the next lap has published there.</summary>
    PlainHead,

    /// <summary>Neither PoolIsland.IsWindowFull nor Crew.LieDown has a fence behind the note that the window is full. (One of the two is enough.)</summary>
    NoteWithoutFence,

    /// <summary>Nobody looks again behind the note: neither PoolIsland.IsWindowFull nor PoolIsland.CallForHelp, for a worker that lies down. (One of the two is enough.)</summary>
    NoteWithoutLook,

    /// <summary>PoolIsland.GetChainReady tells of room without a fence, before it waits.</summary>
    WaitWithoutFence,

    /// <summary>PoolIsland.TryEmit does not tell of room before it waits.</summary>
    WaitTellsNobody,

    /// <summary>PoolIsland.TryEmit does not tell of room when it has left the baton.</summary>
    LeaveTellsNobody,

    /// <summary>PoolIsland.TellOfRoom takes the note back when it has looked for who sleeps, outside the gate.</summary>
    NoteTakenBackOutsideGate,

    /// <summary>PoolIsland.Poll forgets the baton after it has left it: whoever has handed it back meanwhile is forgotten.</summary>
    BatonForgottenLate,
}

/// <summary>What is modelled of a pool.</summary>
/// <param name="Size">Of the window.</param>
/// <param name="Items">How many there are.</param>
/// <param name="Run">How many a worker claims at once.</param>
/// <param name="Ordered">Whether results keep the places of their items.</param>
/// <param name="Fills">So many results, as they are passed on, fill the chain, until all is claimed that the window has room for.</param>
/// <param name="Waits">The item, from 1 on, whose delegate returns only when the next has been claimed. 0: none.</param>
/// <param name="FailsAt">The item that fails, from 1 on; the policy leaves it out. 0: none.</param>
internal sealed record PoolShape(int Size, int Items, int Run = 1, bool Ordered = true, int Fills = 0, int Waits = 0, int FailsAt = 0)
{
    public override string ToString() => string.Concat(
        $"{Size}, {Items} items",
        Run > 1 ? $" in runs of {Run}" : "",
        Ordered ? "" : ", unordered",
        Fills > 0 ? $", the chain fills {Fills} times" : "",
        Waits > 0 ? $", item {Waits} waits for the next" : "",
        FailsAt > 0 ? $", item {FailsAt} fails" : "");
}

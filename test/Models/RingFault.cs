namespace Pipelines.Models;

/// <summary>What is taken away from the ring or its waiters; the model must find each of them.</summary>
public enum RingFault
{
    None,

    /// <summary>Waiter.Announce stores its word without a fence.</summary>
    AnnounceWithoutFence,

    /// <summary>The owner parks without looking again.</summary>
    NoSecondLook,

    /// <summary>Waiter.TryPark stores instead of comparing.</summary>
    ParkWithoutComparison,

    /// <summary>Waiter.TryWithdraw stores instead of comparing.</summary>
    WithdrawWithoutComparison,

    /// <summary>Waiter.Wake gives up when its sleeper has parked meanwhile.</summary>
    NoRetryWhenParked,

    /// <summary>Waiter.Wake stores instead of comparing: two wake the same sleeper.</summary>
    WakeWithoutComparison,

    /// <summary>Waiter.Left does not count the waits.</summary>
    NoCountOfWaits,

    /// <summary>Ring.TryPublish moves the tail by a releasing store.</summary>
    TailWithoutFence,

    /// <summary>The tail is moved before the item is there.</summary>
    TailBeforeItem,

    /// <summary>Ring.TryRead frees the slot before it has taken the item.</summary>
    HeadBeforeItem,

    /// <summary>The head is a plain store: the slot may be cleared after the writer has put the next item there.</summary>
    PlainHead,

    /// <summary>Ring.WakeWriter looks for a sleeper without a fence behind the head.</summary>
    LookWithoutFence,

    /// <summary>Ring.LeaveReader stores its flag without a fence.</summary>
    LeaveWithoutFence,

    /// <summary>Ring.Close does not compare: an item may be published behind the end, or the end be lost.</summary>
    CloseWithoutComparison,

    /// <summary>Ring.Close wakes nobody.</summary>
    CloseWakesNobody,

    /// <summary>Ring.TryExtendWriter ends a segment before it links its successor.</summary>
    EndBeforeSuccessor,

    /// <summary>The end of a segment is a plain store.</summary>
    PlainEnd,

    /// <summary>Ring.TryExtendReader looks at the segment's end before it looks at the tail.</summary>
    EndLookedAtFirst,

    /// <summary>Ring.WakeEarly sets the mask back without a fence of the process.</summary>
    EarlyWithoutProcessFence,

    /// <summary>Ring.LookSeldom sets the mask without a fence before its look.</summary>
    SeldomWithoutFence,

    /// <summary>Ring.LookSeldom does not look again.</summary>
    SeldomWithoutLook,
}

/// <summary>What is modelled of a ring.</summary>
/// <param name="Capacity">How many items it holds.</param>
/// <param name="Items">How many are written.</param>
/// <param name="FirstSegment">How many slots it begins with.</param>
/// <param name="OtherCloses">A third thread closes it, at any time; else the writer does, in the end.</param>
/// <param name="ReaderLeavesAfter">The reader takes so many and leaves. 0: it takes all.</param>
/// <param name="Parks">The two sides are activities; else the owners of a channel, who are told that their wait has ended.</param>
/// <param name="LooksInVain">Not 0: the ring wakes early, and goes back to looking seldom after so many looks in vain.</param>
internal sealed record RingShape(
    int Capacity, int Items, int FirstSegment = 16, bool OtherCloses = false, int ReaderLeavesAfter = 0, bool Parks = true, int LooksInVain = 0)
{
    public override string ToString() => string.Concat(
        $"{Capacity}, {Items} items",
        FirstSegment < Capacity ? $", growing from {FirstSegment}" : "",
        OtherCloses ? ", closed by another" : "",
        ReaderLeavesAfter > 0 ? $", reader leaves after {ReaderLeavesAfter}" : "",
        Parks ? "" : ", a channel",
        LooksInVain > 0 ? ", wakes early" : "");
}

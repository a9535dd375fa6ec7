using System.Globalization;

namespace Pipelines.Tests.Channels;

/// <summary>What became of the items of a <see cref="CancellationStorm"/>.</summary>
/// <param name="Accepted">Writes that succeeded.</param>
/// <param name="Lost">Items of these that were never read.</param>
/// <param name="Refused">Writes that did not succeed: most were cancelled.</param>
/// <param name="Delivered">Items of these that were read all the same.</param>
/// <param name="CancelledReads">Reads that were cancelled.</param>
/// <param name="Strays">Calls that were cancelled by a token that was not theirs, or had not been cancelled.</param>
/// <param name="InOrder">Whether what was read came in the order of the writes, each item once.</param>
internal sealed record StormTally(int Accepted, int Lost, int Refused, int Delivered, int CancelledReads, int Strays, bool InOrder)
{
    public bool IsClean => Lost == 0 && Delivered == 0 && Strays == 0 && InOrder;

    public static StormTally operator +(StormTally a, StormTally b) => new(
        a.Accepted + b.Accepted,
        a.Lost + b.Lost,
        a.Refused + b.Refused,
        a.Delivered + b.Delivered,
        a.CancelledReads + b.CancelledReads,
        a.Strays + b.Strays,
        a.InOrder && b.InOrder);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lost:N0} of {Accepted:N0} items lost over {CancelledReads:N0} cancelled reads, {Delivered:N0} delivered of {Refused:N0} refused writes, " +
        $"{Strays:N0} stray cancellations, {(InOrder ? "in" : "out of")} order");
}

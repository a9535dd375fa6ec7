namespace Benchmarks.Quick;

/// <summary>What a question's measurement gave.</summary>
/// <param name="Title">The question.</param>
/// <param name="Unit">What the figures are for one of.</param>
/// <param name="Target">What we want to reach.</param>
/// <param name="Crowding">Of the cores, meanwhile; see <see cref="Cores"/>.</param>
/// <param name="Rows">A row a contender.</param>
internal sealed record Answer(string Title, string Unit, string Target, double Crowding, IReadOnlyList<Row> Rows)
{
    // Cores that share caches and a clock slow each other down by some per cent; a core that others use half of the time, by half.
    private const double Bound = 1.5;

    /// <summary>Whether figures of concurrent work say nothing, because there were fewer cores than it seems.</summary>
    public bool IsCrowded => Crowding > Bound;
}

/// <summary>One contender's figures, each for one item.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Nanoseconds">Time.</param>
/// <param name="Bytes">Allocated on all threads; the median.</param>
/// <param name="TimesFirst">Its time over the first row's: the median of the repetitions' own ratios, so that a machine that slows down
/// for a while slows down both sides of it.</param>
internal sealed record Row(string Name, Spread Nanoseconds, double Bytes, double TimesFirst);

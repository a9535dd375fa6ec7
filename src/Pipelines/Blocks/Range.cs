using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields consecutive integers.</summary>
    /// <remarks>Fused with the blocks behind it; 0 bytes an item.</remarks>
    /// <param name="start">The first integer.</param>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative, or the last integer would be above
    /// <see cref="int.MaxValue"/>.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<int> Range(int start, int count, ProducerOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if ((long)start + count - 1 > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"The last of {count} integers from {start} is above int.MaxValue.");
        }

        return new(new Range(start, count, options.Checked(Means.Name)));
    }
}

internal sealed class Range(int start, int count, BlockOptions? options) : Blueprint<int>(BlockKind.Producer, "Range", options)
{
    public override void Build(Plan plan, Stage<int> next) =>
        SourceIsland<int, RangeSource>.Add(plan, this, new RangeSource(start, count), next);
}

internal struct RangeSource(int start, int count) : ISource<int>
{
    private int _produced;

    public static bool IsAtHand => true;

    public readonly void Open()
    {
    }

    public bool TryNext(out int item)
    {
        item = start + _produced;
        return _produced++ < count;
    }

    public int TakeMany(Span<int> items)
    {
        int taken = Math.Min(items.Length, count - _produced);
        for (int i = 0; i < taken; i++)
        {
            items[i] = start + _produced + i;
        }

        _produced += taken;
        return taken;
    }

    public readonly void Close()
    {
    }
}

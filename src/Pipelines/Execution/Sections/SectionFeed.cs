using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>Pushes the items of a run into a worker's copy of a section.</summary>
internal static class SectionFeed
{
    /// <summary>Pushes items from <paramref name="next"/> on, until all of the line are pushed, the chain takes no more (<paramref name="isReady"/> is false
    /// then), the line is cut, or what was quick has become slow.</summary>
    /// <param name="line">The line.</param>
    /// <param name="chain">The chain, which is ready.</param>
    /// <param name="length">Says after how many to look at the clock, and what is slow.</param>
    /// <param name="edge">The clock.</param>
    /// <param name="began">When the run began.</param>
    /// <param name="next">The next item, moved before each push: if that throws, the item is the one before.</param>
    /// <param name="isReady">Whether the chain takes another.</param>
    /// <returns>Whether it has become slow, and there are more items.</returns>
    public static bool Push<TIn, TOut>(
        SectionLine<TIn, TOut> line, Stage<TIn> chain, RunLength length, Edge edge, long began, ref int next, ref bool isReady)
    {
        (TIn[] items, int end, int at) = (line.Items, line.To, next);
        while (at < end)
        {
            int glance = Math.Min(end, at + length.Glance);
            while (at < glance)
            {
                TIn item = items[at];
                if (RuntimeHelpers.IsReferenceOrContainsReferences<TIn>())
                {
                    items[at] = default!;
                }

                next = ++at;
                if (!chain.Push(item))
                {
                    isReady = false;
                    return false;
                }

                if (line.IsCut)
                {
                    return false; // between two items
                }
            }

            if (at < end && length.IsTooLong(edge.Timestamp() - began))
            {
                return true;
            }
        }

        return false;
    }
}

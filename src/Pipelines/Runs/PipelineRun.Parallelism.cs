using Pipelines.Execution;

namespace Pipelines;

// The part of a run that sets how much of it is done at once.
public sealed partial class PipelineRun
{
    /// <summary>Sets how many items a block works on at once, while the run goes on.</summary>
    /// <remarks>
    /// <para>With more, workers are woken or made as there are items; with fewer, each that is one too many lies down when it is done with what it has in
    /// hand, and keeps its resource, if it has one, until the block ends. Nothing is interrupted, and order, counts and <see
    /// cref="PipelineGraph.MaxInFlight"/> are as before: more workers than fit into the block's capacity find nothing to do.</para>
    /// <para>A block with <see cref="BlockOptions.AdaptiveParallelism"/> keeps the value, inside or outside of those bounds: from here on it does not look for
    /// one of its own. A block of a parallel section, or the section's own name, sets the workers of the section. Those and a <c>SelectMany</c> take no more
    /// than they began with room for: their parallelism, or its maximum.</para>
    /// <para>Of a run that has ended it changes nothing.</para>
    /// </remarks>
    /// <param name="block">The block's name, as in the report; or the name that a parallel section was given.</param>
    /// <param name="value">How many. At least 1.</param>
    /// <exception cref="ArgumentNullException"><paramref name="block"/> is null.</exception>
    /// <exception cref="ArgumentException">There is no such block, or several were given that name, or it has no workers: the message says what to do.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is below 1, or more than the block has room for.</exception>
    public void SetParallelism(string block, int value)
    {
        ArgumentNullException.ThrowIfNull(block);
        Require.Parallelism(value);
        Topology topology = Plan.Topology;
        BlockRun found = Find(block, topology);
        if (found.Island is not IWorkers workers || !found.Island.IsInFront(found))
        {
            throw new ArgumentException(
                $"The block '{block}' takes one item after the other, in the loop it is part of. Give it a Parallelism or an AdaptiveParallelism, which " +
                    "makes workers for it: their number can be set.",
                nameof(block));
        }

        if (workers.WhyNot(value) is { } why)
        {
            throw value > found.Parallelism
                ? new ArgumentOutOfRangeException(nameof(value), value, $"The block '{block}' cannot have so many workers: {why}")
                : new ArgumentException($"The number of workers of '{block}' cannot be changed: {why}", nameof(block));
        }

        if (!_hasEnded)
        {
            workers.SetWorkers(value);
        }
    }

    private BlockRun Find(string block, Topology topology)
    {
        string[] names = topology.Names;
        List<string> alike = [];
        BlockRun? found = null;
        BlockRun? inSection = null;
        int index = 0;
        for (BlockRun? one = Plan.FirstBlock; one is not null; one = one.Following, index++)
        {
            found = names[index] == block ? one : found;
            inSection ??= one is SectionBlock { SectionName: { } section } && section == block ? one : null;
            if (topology.Blocks[index].Given == block)
            {
                alike.Add(names[index]);
            }
        }

        if (alike.Count > 1)
        {
            throw new ArgumentException(
                $"{alike.Count} blocks were given the name '{block}': {string.Join(", ", alike)}. Tell them apart by BlockOptions.Name.", nameof(block));
        }

        return found ?? inSection ?? throw new ArgumentException(
            $"There is no block '{block}'. There are: {string.Join(", ", names)}.", nameof(block));
    }
}

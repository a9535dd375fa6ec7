using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public static partial class PipelineOperators
{
    /// <summary>A transform block that gathers items into arrays of a size, and lets no item wait longer than an age.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, within and between batches. <b>Backpressure:</b> a boundary; holds at most one batch besides its link.</para>
    /// <para><b>Age</b> counts from the batch's first item, and later items do not extend it. With <see cref="TimeSpan.Zero"/> a batch is what
    /// is there at the moment, up to the size: nothing is ever held back to fill it.</para>
    /// <para><b>Completion:</b> with the input; a last, smaller batch is flushed once, also when the run is stopped. When the run is aborted, its
    /// items count as undelivered. <c>In</c> counts items, <c>Out</c> batches.</para>
    /// <para><b>Cost:</b> a link, one array a batch, and one timer of <see cref="PipelineOptions.TimeProvider"/> for the whole run.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="size">Items a batch at most, 1 or more.</param>
    /// <param name="maxAge">How long the first item of a batch waits at most, zero or more.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1, or <paramref name="maxAge"/> negative.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public static Pipeline<T[]> Batch<T>(this Pipeline<T> pipeline, int size, TimeSpan maxAge, BlockOptions? options = null) =>
        new(new BatchWithin<T>(
            Require.NotNull(pipeline).Block, Require.Size(size), null, Require.Age(maxAge), options.Checked(Means.Capacity), $"Batch({size}, {maxAge})"));

    /// <summary>A transform block that gathers items into arrays up to a weight, and, if an age is given, lets no item wait longer than that.</summary>
    /// <remarks>
    /// <para>A batch goes out when the next item would make it too heavy, or when it is exactly full. An item heavier than the limit travels alone.</para>
    /// <para><b>Order, Backpressure, Age, Completion, Cost:</b> as the batch by size and age. <b>Failure:</b> an exception of
    /// <paramref name="weigh"/>, or a negative weight, ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="maxWeight">The weight of a batch at most, 1 or more, in the units of <paramref name="weigh"/>.</param>
    /// <param name="weigh">The weight of an item, 0 or more. Called once an item.</param>
    /// <param name="maxAge">How long the first item of a batch waits at most, zero or more; null for as long as it takes.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWeight"/> is below 1, or <paramref name="maxAge"/> negative.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="weigh"/> is null.</exception>
    public static Pipeline<T[]> Batch<T>(
        this Pipeline<T> pipeline,
        long maxWeight,
        Func<T, long> weigh,
        TimeSpan? maxAge = null,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(weigh))] string expression = "")
    {
        Require.NotNull(pipeline);
        Require.NotNull(weigh);
        TimeSpan age = maxAge is { } given ? Require.Age(given, nameof(maxAge)) : Timeout.InfiniteTimeSpan;
        return new(new BatchWithin<T>(
            pipeline.Block, Require.Weight(maxWeight), weigh, age, options.Checked(Means.OnError | Means.Capacity), $"Batch({maxWeight}, {expression})"));
    }
}

/// <summary>A batch by size is a batch by weight in which every item weighs 1.</summary>
internal sealed partial class BatchWithin<T>(Blueprint<T> upstream, long maxWeight, Func<T, long>? weigh, TimeSpan maxAge, BlockOptions? options, string name)
    : Blueprint<T[]>(BlockKind.Transform, name, options)
{
    public override bool MakesContainers => true;

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<T[]> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        Ring<T> link = plan.Link<T>(block);
        if (weigh is null)
        {
            block.Holds = maxWeight - 1;
        }
        else
        {
            block.HoldsUnknown = true; // items may weigh nothing
        }

        var leftOut = new LeftOut(block);
        Stage<T[]> chain = new LeavingOutStage<T[]>(block, leftOut, next);
        var island = new BatchingIsland(block, link, maxWeight, weigh, maxAge, leftOut, chain);
        link.Reader = island;
        chain.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }
}

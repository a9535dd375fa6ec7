using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Several blocks in parallel, in order: each of <see cref="BlockOptions.Parallelism"/> workers runs a whole copy of a section of the pipeline,
    /// and items go to whoever is free.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept: all that comes of an item before anything that comes of the next; with <see cref="BlockOptions.Ordered"/> false results come
    /// as they are made. <b>Backpressure:</b> a boundary: up to <see cref="BlockOptions.Capacity"/> items wait in front of the section, and workers have in
    /// hand half as many, or one each. Whatever an item expands to, the worker whose item is the first passes its results straight on, and the others hold so
    /// many results at most, all together, and then wait.</para>
    /// <para><b>Completion:</b> with the input, after the last result. <b>Failure:</b> an item that fails inside ends the run when all that comes before it has
    /// gone on, the first results of its own item included, and nothing behind it ever does; or, by the block's <see cref="BlockOptions.OnError"/>, it is left
    /// out, when its turn has come: letters stand in order too. Unordered, it is left out at once, and of a run that drains (<see
    /// cref="FailureMode.Drain"/>) items that were begun when one failed come to their ends. An item in whose middle the run is aborted counts as undelivered
    /// where it was.</para>
    /// <para><b>Cost:</b> a link; items are taken in runs whose length follows the measured time, and results go on in runs. Blocks are fused as elsewhere. An
    /// asynchronous block is awaited by its worker, which does nothing else meanwhile: the parallelism is how many are awaited at once.</para>
    /// <para>In a section may stand what looks at each item by itself: <c>Select</c>, <c>Where</c>, <c>Do</c>, <c>SelectMany</c>, <c>OfType</c>, <c>Cast</c>,
    /// their asynchronous forms, and those with a resource a worker. What goes by the items before (<c>Take</c>, <c>Scan</c>, <c>Batch</c>, ...), has another
    /// input or a branch is refused at the call. Delegates are called by several threads at once.</para>
    /// <para>Graphs and reports show the blocks of the section, each once, with the section's parallelism and what all workers have done.</para>
    /// </remarks>
    /// <param name="section">Puts the section's blocks behind its argument, and returns the result. It is called once, here.</param>
    /// <param name="options">How many workers, whether in order, the capacity; a name for messages.</param>
    /// <param name="expression">Filled in by the compiler; how messages name the section.</param>
    /// <typeparam name="TResult">What comes out of the section.</typeparam>
    /// <returns>The pipeline with the section behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> or <paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">A block cannot stand in a section, the section has no block or does not begin with its argument, or a setting means
    /// nothing: the message says which and what to do.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="section"/> returned null.</exception>
    public Pipeline<TResult> Parallel<TResult>(
        Func<Pipeline<T>, Pipeline<TResult>> section, BlockOptions options, [CallerArgumentExpression(nameof(section))] string expression = "")
    {
        Require.NotNull(section);
        BlockOptions settings = Require.NotNull(options).Checked(Means.Section)!;
        return new(new Parallel<T, TResult>(Block, new Section<T, TResult>(section, settings.Name ?? expression, settings), settings));
    }
}

internal sealed class Parallel<T, U>(Blueprint<T> upstream, Section<T, U> section, BlockOptions options)
    : Blueprint<U>(BlockKind.Transform, "Parallel", options), ISectionOutput<U>
{
    public override void Build(Plan plan, Stage<U> next)
    {
        if (!Options.HasWorkers)
        {
            upstream.Build(plan, section.BuildInto(plan, next));
            return;
        }

        SectionRefusal.CheckNested(plan);
        upstream.Build(plan, SectionBuilding.Build(section, plan, next, Options));
    }

    /// <inheritdoc/>
    public void BuildEndingIn(Plan plan, Func<Plan, Stage<U>> end) =>
        upstream.Build(plan, !Options.HasWorkers
            ? section.BuildInto(plan, end(plan))
            : SectionBuilding.Build(new SectionWithEnd<T, U>(section, end), plan, null, Options));
}

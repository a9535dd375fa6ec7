using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>Several sequences at once: what <c>SelectMany</c> and <c>SelectManyAsync</c> are with a parallelism.</summary>
internal sealed class FlattenSeveral<T, U>(Blueprint<T> upstream, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, BlockOptions options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    /// <summary>For synchronous sequences.</summary>
    public static Func<T, CancellationToken, IAsyncEnumerable<U>> OfSequences(Func<T, IEnumerable<U>> selector, string name) =>
        (item, _) => new SynchronousSequence<U>(Returned.NotNull(selector(item), name, "a sequence"));

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        Ring<T> link = plan.Link<T>(block);
        var island = new SequencesIsland<T, U>(block, link, Delegates.Sequences(selector, block), next);
        next.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }
}


namespace Pipelines.Execution;

/// <summary>An island whose head is a synchronous producer.</summary>
internal sealed class SourceIsland<T, TSource>(BlockRun head, TSource source, Stage<T> chain) : PumpIsland<T>(head, chain)
    where TSource : struct, ISource<T>
{
    private TSource _source = source;

    protected override void Open() => _source.Open();

    protected override Fed Feed()
    {
        while (Run.IsFeeding)
        {
            if (!_source.TryNext(out T? item))
            {
                return Fed.Ended;
            }

            Head.Counted++;
            if (!Chain.Push(item))
            {
                return Fed.Filled;
            }
        }

        return Run.IsStopping ? Fed.Ended : Fed.Paused;
    }

    protected override void Leave() => _source.Close();

    public override void Abandon() => Chain.Abandon();

    public static void Add(Plan plan, Blueprint blueprint, TSource source, Stage<T> chain)
    {
        BlockRun block = plan.Add(blueprint, chain.Block, countsOut: true);
        var island = new SourceIsland<T, TSource>(block, source, chain);
        chain.Attach(island);
        plan.Add(island);
    }
}

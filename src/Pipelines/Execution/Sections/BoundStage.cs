namespace Pipelines.Execution;

/// <summary>A synchronous block in a parallel section whose delegate is made for each worker, when its first item comes.</summary>
internal sealed class BoundStage<TIn, TOut>(BlockRun block, ISectionWorker worker, Func<WorkerScope, Func<TIn, TOut>> bind, Stage<TOut> next)
    : DelegateStage<TIn, TOut>(block, next)
{
    private Func<TIn, TOut>? _selector;

    public override bool Push(TIn item)
    {
        if (_selector is null && !TryBind(item))
        {
            return false;
        }

        Enter(item);
        TOut result = _selector!(item);
        Exit();
        Block.Counted++;
        return Next.Push(result);
    }

    private bool TryBind(TIn item)
    {
        try
        {
            _selector = bind(worker.ScopeOf(Block));
            return true;
        }
        catch (Exception error)
        {
            Block.Undeliver(item);
            worker.Broke(Block.Original, error);
            return false;
        }
    }
}

namespace Pipelines.Execution;

/// <summary>Gives each item to every branch, over a link of each: a whole run with one publication a branch.</summary>
/// <remarks>It is full when one of them is, and finished when all are: the slowest one holds the others back, an ended one nobody.</remarks>
internal sealed class BroadcastStage<T>(BlockRun block, LinkWriter<T>[] branches) : LastStage<T>(block)
{
    public override bool WantsRuns => true;

    public override int Sure
    {
        get
        {
            int sure = int.MaxValue;
            foreach (LinkWriter<T> branch in branches)
            {
                sure = branch.Check() == Readiness.Finished ? sure : Math.Min(sure, branch.Sure);
            }

            return sure;
        }
    }

    public override bool Push(T item) => PushRun([item]);

    public override bool PushRun(ReadOnlySpan<T> items)
    {
        bool isReady = true;
        foreach (LinkWriter<T> branch in branches)
        {
            isReady &= branch.Check() != Readiness.Finished && branch.PushRun(items);
        }

        return isReady;
    }

    public override Readiness Check()
    {
        int finished = 0;
        foreach (LinkWriter<T> branch in branches)
        {
            switch (branch.Check())
            {
                case Readiness.Full:
                    return Readiness.Full;
                case Readiness.Finished:
                    finished++;
                    break;
            }
        }

        return finished == branches.Length ? Readiness.Finished : Readiness.Ready;
    }

    public override bool Complete()
    {
        foreach (LinkWriter<T> branch in branches)
        {
            branch.Complete();
        }

        return true;
    }

    public override bool CompleteBehind(BlockRun failed) => Complete();

    public override void Attach(Island island)
    {
        island.Adopt(Block);
        foreach (LinkWriter<T> branch in branches)
        {
            branch.Attach(island);
        }
    }
}

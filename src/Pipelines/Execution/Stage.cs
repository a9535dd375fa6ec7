namespace Pipelines.Execution;

/// <summary>One block of a running island: takes items and pushes what becomes of them to the next.</summary>
/// <remarks>
/// The protocol, all of it on the island's own thread:
/// <list type="number">
/// <item><see cref="Push"/> only when the chain is ready. True: ready for another at once. False: ask <see cref="Check"/>.</item>
/// <item><see cref="Check"/> says which of full and finished it is. After a wait for room, <see cref="Resume"/> first.</item>
/// <item><see cref="Resume"/> goes on with what a push left unfinished (a flattening in its middle), upstream of nothing new.
/// It means what <see cref="Push"/> means.</item>
/// <item><see cref="Complete"/> when there will be no more pushes: goes on with what was left unfinished, flushes what is held and passes
/// the end on. False: it filled up; wait for room and call it again. What nobody downstream takes any more it keeps.</item>
/// <item><see cref="Abandon"/> once, after the whole run has stopped: give back what is still held.</item>
/// </list>
/// So no stage ever holds an item because there is no room for it, and none needs a buffer of its own.
/// </remarks>
internal abstract class Stage<T>(BlockRun block)
{
    /// <summary>The block whose input this is.</summary>
    public BlockRun Block { get; } = block;

    /// <summary>How many stages of the same island follow.</summary>
    public virtual int Depth => 0;

    public abstract bool Push(T item);

    /// <summary>How many items in a row it takes for certain while it is ready, whatever they are.</summary>
    public virtual int Sure => 1;

    /// <summary>Whether it gives more for a run than for its items one by one: an output of it is written with one publication.</summary>
    public virtual bool WantsRuns => false;

    /// <summary>Pushes so many at once, no more than <see cref="Sure"/>. It means what <see cref="Push"/> means. What is not pushed, since a delegate has
    /// thrown or the run is aborting, it gives up as undelivered to its block.</summary>
    public virtual bool PushRun(ReadOnlySpan<T> items)
    {
        bool isReady = false;
        int next = 0;
        try
        {
            while (next < items.Length && !Block.Run.IsAborting)
            {
                isReady = Push(items[next++]);
            }

            return isReady;
        }
        finally
        {
            for (; next < items.Length; next++)
            {
                Block.Undeliver(items[next]);
            }
        }
    }

    public abstract Readiness Check();

    public abstract bool Resume();

    public abstract bool Complete();

    public abstract void Abandon();

    /// <summary>Of a chain that is a worker's: nothing more is pushed, and what was begun is left. False: code that was called must return first, and whoever
    /// waits for it was told.</summary>
    public virtual bool TryLeave() => true;

    /// <summary><see cref="Complete"/> for what is behind a block of this chain which has failed, and for all that hangs on the line up to there: what is
    /// held in front of it stays.</summary>
    public virtual bool CompleteBehind(BlockRun failed) => true;

    /// <summary><see cref="Check"/> for the same.</summary>
    public virtual Readiness CheckBehind(BlockRun failed) => Readiness.Finished;

    /// <summary>A result of <paramref name="head"/>, meant for this stage, that will not be pushed because the run has ended:
    /// accounts for it as what it is to the user.</summary>
    public virtual void Forgo(BlockRun head, T item) => head.UndeliverResult(item);

    /// <summary>A result of <paramref name="head"/>, meant for this stage, that came too late and whose item has failed: gives back what is the user's of
    /// it.</summary>
    public virtual void Discard(BlockRun head, T item) => Block.Discard(head, item);

    /// <summary>Tells the chain which island runs it, before it runs.</summary>
    public abstract void Attach(Island island);
}

/// <summary>A stage that has another behind it in the same island: everything but <see cref="Stage{T}.Push"/> passes through.</summary>
internal abstract class Stage<TIn, TOut>(BlockRun block, Stage<TOut> next) : Stage<TIn>(block)
{
    // A field, like the others on the way of an item: until the runtime has compiled this well, for a tenth of a second and more, a property costs a call.
    protected readonly Stage<TOut> Next = next;

    public override int Depth { get; } = next.Depth + 1;

    public override Readiness Check() => Next.Check();

    public override bool Resume() => Next.Resume();

    public override bool Complete() => Next.Complete();

    public override void Abandon() => Next.Abandon();

    public override bool TryLeave() => Next.TryLeave();

    public override bool CompleteBehind(BlockRun failed) => Block == failed ? Next.Complete() : Next.CompleteBehind(failed);

    public override Readiness CheckBehind(BlockRun failed) => Block == failed ? Next.Check() : Next.CheckBehind(failed);

    public override void Attach(Island island)
    {
        island.Adopt(Block);
        Next.Attach(island);
    }

    /// <summary>The answer to <see cref="Check"/> of a stage that has had enough: finished, once what it passed on has found room.</summary>
    protected Readiness Enough => Next.Check() == Readiness.Full ? Readiness.Full : Readiness.Finished;
}

/// <summary>A stage that ends the pipeline inside its island: a synchronous consumer, always ready.</summary>
internal abstract class LastStage<T>(BlockRun block) : Stage<T>(block)
{
    public override Readiness Check() => Readiness.Ready;

    public override bool Resume() => true;

    public override bool Complete() => true;

    public override void Abandon()
    {
    }

    public override void Attach(Island island)
    {
        island.Adopt(Block);
        island.Outlets.AddOutlet();
    }
}

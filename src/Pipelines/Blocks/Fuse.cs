using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block of your own that runs in the loop of its neighbours: an <see cref="IStep{TIn, TOut}"/>, made anew for each run.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> at most one item out for one in; what the step flushes waits for room. <b>Completion:</b> with the input,
    /// after what the step flushes. <c>Out</c> counts that too, <c>In</c> does not; an item for which nothing comes out counts as filtered.</para>
    /// <para><b>Failure:</b> an exception of <see cref="IStep{TIn, TOut}.TryNext"/> ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item
    /// out; one of <see cref="IStep{TIn, TOut}.TryFlush"/>, of <paramref name="create"/> or of a disposal fails the run, whatever the policy. <b>Cost:</b>
    /// fused; one virtual and one interface call, 0 bytes.</para>
    /// </remarks>
    /// <param name="create">Makes the step; called at most once a run, as a part of it, with its first item or its end.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What comes out.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TResult> Fuse<TResult>(
        Func<IStep<T, TResult>> create, BlockOptions? options = null, [CallerArgumentExpression(nameof(create))] string expression = "") =>
        new(new Fuse<T, TResult>(Block, Require.NotNull(create), options.Checked(Means.OnError), expression));
}

internal sealed class Fuse<T, U>(Blueprint<T> upstream, Func<IStep<T, U>> create, BlockOptions? options, string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        var stage = new StepStage(block, next);
        plan.Add((IRunOwned)stage);
        upstream.Build(plan, new CreatingStage(block, create, stage, LenientStage<T>.Around(stage)));
    }

    // In front of the step: no item is to blame for what its creation throws, and the step's own stage need not ask whether there is one.
    private sealed class CreatingStage(BlockRun block, Func<IStep<T, U>> create, StepStage stage, Stage<T> next) : Stage<T, T>(block, next)
    {
        // The same block as the next stage.
        public override int Depth => Next.Depth;

        public override bool Push(T item)
        {
            if (stage.Step is null && !TryCreate())
            {
                Block.Undeliver(item);
                return false;
            }

            return Next.Push(item);
        }

        public override bool Complete() => (stage.Step is not null || TryCreate()) && Next.Complete();

        private bool TryCreate()
        {
            try
            {
                stage.Step = Returned.NotNull(create(), Block, "a step");
                return true;
            }
            catch (Exception error)
            {
                Block.Caught(error);
                return false;
            }
        }
    }

    private sealed class StepStage(BlockRun block, Stage<U> next) : DelegateStage<T, U>(block, next), IRunOwned
    {
        private bool _isFlushed;

        public IStep<T, U>? Step { get; set; }

        BlockRun IRunOwned.Block => Block;

        object? IRunOwned.Resource => Step;

        public override bool Push(T item)
        {
            Enter(item);
            bool has = Step!.TryNext(item, out U? result);
            Exit();
            if (has)
            {
                Block.Counted++;
                return Next.Push(result!);
            }

            Block.Filtered++;
            return true;
        }

        public override bool Complete()
        {
            while (!_isFlushed)
            {
                switch (Next.Check())
                {
                    case Readiness.Full:
                        return false;
                    case Readiness.Finished:
                        _isFlushed = true;
                        break;
                    case Readiness.Ready when Next.Resume():
                        if (!Flush())
                        {
                            return false;
                        }

                        break;
                    case Readiness.Ready when Block.Run.IsAborting:
                        return false;
                }
            }

            return Next.Complete();
        }

        // One more item, or the end of them. False: it failed, or the run is aborting.
        private bool Flush()
        {
            U? result;
            try
            {
                _isFlushed = !Step!.TryFlush(out result);
            }
            catch (Exception error)
            {
                Block.Caught(error);
                return false;
            }

            if (!_isFlushed)
            {
                Block.Counted++;
                Next.Push(result!);
            }

            return !Block.Run.IsAborting;
        }
    }
}

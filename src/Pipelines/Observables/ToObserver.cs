using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that pushes each item to an observer. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> one item after the other, in order. <b>Backpressure:</b> the next item comes when the observer's <c>OnNext</c> has returned.</para>
    /// <para><b>Completion:</b> the end of the run is passed on: <c>OnCompleted</c> if it delivered everything, otherwise <c>OnError</c> with the run's
    /// exception, a cancellation too.
    /// <b>Failure:</b> an exception of <c>OnNext</c> ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out. <b>Cost:</b> fused.</para>
    /// </remarks>
    /// <param name="observer">Receives the items.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observer"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline To(
        IObserver<T> observer, BlockOptions? options = null, [CallerArgumentExpression(nameof(observer))] string expression = "") =>
        new(new ToObserver<T>(Block, Require.NotNull(observer), options.Checked(Means.OnError), expression));
}

internal sealed class ToObserver<T>(Blueprint<T> upstream, IObserver<T> observer, BlockOptions? options, string name)
    : ConsumerBlueprint(name, options), IRunEnd
{
    public override void Build(Plan plan)
    {
        plan.Add(this);
        upstream.Build(plan, LenientStage<T>.Around(new Stage(plan.Add(this, null, countsOut: true), observer)));
    }

    public void End(Exception? error)
    {
        if (error is null)
        {
            observer.OnCompleted();
        }
        else
        {
            observer.OnError(error);
        }
    }

    private sealed class Stage(BlockRun block, IObserver<T> observer) : LastDelegateStage<T>(block)
    {
        public override bool Push(T item)
        {
            Enter(item);
            observer.OnNext(item);
            Exit();
            Block.Counted++;
            return true;
        }
    }
}

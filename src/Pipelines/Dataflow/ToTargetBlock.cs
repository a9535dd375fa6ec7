using Pipelines.Dataflow;
using Pipelines.Execution;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Dataflow;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that sends each item to a TPL Dataflow block. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> waits while the target postpones.</para>
    /// <para><b>Completion:</b> the end of the run is passed on: a run that delivered everything completes the target; one that failed, was cancelled or aborted faults it with that
    /// exception, so that a cancellation is not taken for a good end. The run does not wait for the target to be done.</para>
    /// <para><b>Failure:</b> a target that declines an item for good fails the run: with the target's own exception if it has faulted, otherwise with
    /// <see cref="InvalidOperationException"/>. <b>Cost:</b> a link and what the target costs.</para>
    /// </remarks>
    /// <param name="target">The block to send to.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline To(
        ITargetBlock<T> target, BlockOptions? options = null, [CallerArgumentExpression(nameof(target))] string expression = "") =>
        new(new ToTargetBlock<T>(Block, Require.NotNull(target), options.Checked(Means.Capacity), expression));
}

internal sealed class ToTargetBlock<T>(Blueprint<T> upstream, ITargetBlock<T> target, BlockOptions? options, string name)
    : ConsumerBlueprint(name, Settings.Strict(options)), IRunEnd
{
    public override void Build(Plan plan)
    {
        plan.Add(this);
        new ForEachAsync<T>(upstream, SendAsync, Options, Name).Build(plan, this);
    }

    public void End(Exception? error)
    {
        if (error is null)
        {
            target.Complete();
        }
        else
        {
            target.Fault(error);
        }
    }

    private async ValueTask SendAsync(T item, CancellationToken token)
    {
        if (await target.SendAsync(item, token))
        {
            return;
        }

        if (target.Completion.IsCompleted)
        {
            Faults.ThrowIfFailed(target.Completion);
        }

        throw new InvalidOperationException(
            "The Dataflow block takes no more items: it was completed by somebody else, or declines this one, while the pipeline still had items for it.");
    }
}

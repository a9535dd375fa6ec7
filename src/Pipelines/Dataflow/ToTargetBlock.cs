using System.Runtime.CompilerServices;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that sends each item to a TPL Dataflow block. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> waits while the target postpones.</para>
    /// <para><b>Completion:</b> the end of the run is passed on: a run that delivered everything completes the target; one that failed, was cancelled or
    /// aborted faults it with that exception, so that a cancellation is not taken for a good end. The run does not wait for the target to be done.</para>
    /// <para><b>Failure:</b> a target that declines an item for good fails the run: with the target's own exception if it has faulted (of several the first,
    /// and the others are
    /// <see cref="PipelineReport.LaterFailures"/>), otherwise with <see cref="InvalidOperationException"/>. Which it is shows when the target has completed: it
    /// is faulted, and awaited; one that has output which nobody takes no longer than ten seconds.
    /// <b>Cost:</b> a link and what the target costs.</para>
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
    // By the run's clock, and only where the completion may never come.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public override void Build(Plan plan)
    {
        plan.Add(this);
        PipelineRun run = plan.Run;
        new ForEachAsync<T>(upstream, (item, token) => SendAsync(item, run, token), Options, Name).Build(plan, this);
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

    private ValueTask SendAsync(T item, PipelineRun run, CancellationToken token)
    {
        ValueTask<DataflowMessageStatus> sent = Offers.SendAsync(target, item, run.Edge, token);
        return sent is { IsCompletedSuccessfully: true, Result: DataflowMessageStatus.Accepted } ? default : AwaitAsync();

        async ValueTask AwaitAsync()
        {
            DataflowMessageStatus answer = await sent.AtOnce(run.Edge);
            if (answer != DataflowMessageStatus.Accepted)
            {
                var refusal = new InvalidOperationException(
                    "The Dataflow block takes no more items: it was completed by somebody else, or declines this one, while the pipeline still had items " +
                    "for it.");
                if (answer == DataflowMessageStatus.DecliningPermanently)
                {
                    await ThrowCauseAsync(refusal, run, token).AtOnce(run.Edge);
                }

                throw refusal;
            }
        }
    }

    // A block may decline because it has failed, which only its completion tells; and that waits for whatever else the block has at work. One that somebody
    // else has completed need not complete at all: it may wait for its output to be taken. But one without output ends when it is faulted, which it is in any
    // case, since the run fails.
    private async ValueTask ThrowCauseAsync(Exception refusal, PipelineRun run, CancellationToken token)
    {
        target.Fault(refusal);
        TimeSpan patience = target is ActionBlock<T> ? Timeout.InfiniteTimeSpan : s_patience;
        await target.Completion.WaitAsync(patience, run.Options.TimeProvider, token).EndedAsync().Queued(run.Edge);
        token.ThrowIfCancellationRequested();
        if (target.Completion.IsCompleted)
        {
            Faults.ThrowIfFailed(target.Completion, run, Name);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields what a TPL Dataflow block offers. The block is linked while the run lasts, and stays its owner's.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the source's. <b>Backpressure:</b> a boundary: up to <see cref="ProducerOptions.Capacity"/> items wait in the link; further messages
    /// are postponed, and stay in the source. A source block is a one-shot source: the blueprint runs once.</para>
    /// <para><b>Completion:</b> with the source. When the run stops or has had enough, it is unlinked, and what it has not handed over stays in it. A source
    /// that overwrites (<see cref="BroadcastBlock{T}"/>) overwrites what there is no room for, as it does for any target.</para>
    /// <para><b>Failure:</b> the exception that the source faulted with fails the run, unwrapped; of several the first, and the others are
    /// <see cref="PipelineReport.LaterFailures"/>. A cancelled source fails it with <see cref="TaskCanceledException"/>.</para>
    /// </remarks>
    /// <param name="source">The block to read from.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the source offers.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> From<T>(
        ISourceBlock<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "")
    {
        Require.NotNull(source);
        var claim = new OneShot(
            $"The pipeline reads the Dataflow block '{expression}', which an earlier run has read: it can be read once. Build the pipeline anew over " +
            "another block.");
        return new(
            new Produce<T>(
                (writer, block, token) => ReadAsync(source, writer, block, token), expression, claim,
                options: options.Checked(Means.Capacity, block: "From(ISourceBlock)")));
    }

    private static async Task ReadAsync<T>(ISourceBlock<T> source, ChannelWriter<T> writer, WriterBlockRun block, CancellationToken token)
    {
        var intake = new Intake<T>(writer, block);
        using (source.LinkTo(intake, new DataflowLinkOptions())) // without propagation: it would tell a cancelled source from a completed one in no way
        {
            intake.EndWith(source);
            await intake.RunAsync(token, block.Island as CodeIsland).AtOnce(block.Run.Edge);
        }

        if (source.Completion.IsCompleted)
        {
            Faults.ThrowIfFailed(source.Completion, block.Run, block.Run.NameOf(block));
        }
    }
}

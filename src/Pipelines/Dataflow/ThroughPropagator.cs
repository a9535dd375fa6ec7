using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that is a TPL Dataflow block: items go into it, and on with what comes out of it.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the block's. <b>Backpressure:</b> a boundary on both sides: the pipeline waits while the block postpones, and the block keeps what
    /// there is no room for behind it. Feeding it and emptying it go on at once, so it does not deadlock at any capacity.</para>
    /// <para><b>Completion:</b> the end of the input completes the block, and the output ends when the block has. A block that serves one run: the blueprint
    /// runs once.
    /// <c>In</c> and <c>Out</c> are counted apart.</para>
    /// <para><b>Failure:</b> the exception that the block faulted with fails the run, unwrapped; of several the first, and the others are
    /// <see cref="PipelineReport.LaterFailures"/>. A run that is aborted, cancelled or has failed faults the block; what is inside of it then is
    /// the block's to account for. If nothing further down takes items any more, the block is completed and what still comes out of it counts as
    /// undelivered.</para>
    /// </remarks>
    /// <param name="propagator">The block.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What comes out of it.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="propagator"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TResult> Through<TResult>(
        IPropagatorBlock<T, TResult> propagator, BlockOptions? options = null, [CallerArgumentExpression(nameof(propagator))] string expression = "")
    {
        Require.NotNull(propagator);
        var claim = new OneShot(
            $"The pipeline goes through the Dataflow block '{expression}', which an earlier run has completed: it serves one run. Build the pipeline anew " +
            "with another block.");
        var through = new ThroughPropagator<T, TResult>(propagator, expression);
        return new(new Transform<T, TResult>(Block, through.RunAsync, expression, claim, through, options.Checked(Means.Capacity)));
    }
}

internal sealed class ThroughPropagator<T, U>(IPropagatorBlock<T, U> propagator, string name) : IRunEnd
{
    public string Name => name;

    // The run's own exception, and also if the run ended before this block had begun.
    public void End(Exception? error)
    {
        if (error is not null)
        {
            propagator.Fault(error);
        }
    }

    public async Task RunAsync(ChannelReader<T> reader, ChannelWriter<U> writer, WriterBlockRun block, CancellationToken token)
    {
        var intake = new Intake<U>(writer, block);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task feeding = Task.CompletedTask;
        try
        {
            using (propagator.LinkTo(intake, new DataflowLinkOptions()))
            {
                intake.EndWith(propagator);
                feeding = FeedAsync(reader, block, enough.Token); // behind the link: a block that overwrites keeps nothing for a later one
                await intake.RunAsync(token).AtOnce(block.Run.Edge);
            }
        }
        catch (OperationCanceledException) when (!block.Run.IsAborting)
        {
            // Nobody behind takes items any more.
        }
        finally
        {
            enough.Cancel(); // not CancelAsync, which leaves the run's scheduler
            await feeding.AtOnce(block.Run.Edge);
        }

        if (!propagator.Completion.IsCompleted)
        {
            await DrainAsync(block).AtOnce(block.Run.Edge);
        }

        Faults.ThrowIfFailed(propagator.Completion, block.Run, block.Run.NameOf(block));
    }

    // Lets nothing out: what it fails with it tells the propagator, and whoever awaits that meets it there.
    private async Task FeedAsync(ChannelReader<T> reader, BlockRun block, CancellationToken token)
    {
        Edge edge = block.Run.Edge;
        try
        {
            while (await reader.WaitToReadAsync(token).Woken(edge))
            {
                while (reader.TryRead(out T? item))
                {
                    DataflowMessageStatus answer = await OfferAsync(item).AtOnce(edge);
                    if (answer != DataflowMessageStatus.Accepted)
                    {
                        block.Undeliver(item);
                        if (answer == DataflowMessageStatus.DecliningPermanently)
                        {
                            return; // its end tells why
                        }

                        throw new InvalidOperationException(
                            "The Dataflow block declines an item and goes on, so that the item has no way through the pipeline.");
                    }
                }
            }

            propagator.Complete();
        }
        catch (OperationCanceledException)
        {
            // Told to end, by a run that aborts or because nobody takes what comes out.
        }
        catch (Exception error)
        {
            propagator.Fault(error);
        }

        async ValueTask<DataflowMessageStatus> OfferAsync(T item)
        {
            try
            {
                return await Offers.SendAsync(propagator, item, edge, token).AtOnce(edge);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return DataflowMessageStatus.DecliningPermanently;
            }
        }
    }

    // What is still inside the propagator comes out into the count. However that ends, nothing is counted behind it: the run may then be at its last step.
    private async Task DrainAsync(BlockRun block)
    {
        propagator.Complete();
        var rest = new Remainder<U>(block);
        using (propagator.LinkTo(rest, new DataflowLinkOptions()))
        {
            try
            {
                await propagator.Completion.WaitAsync(block.Run.AbortToken).EndedAsync().Queued(block.Run.Edge);
            }
            finally
            {
                rest.Complete();
            }
        }

        if (!propagator.Completion.IsCompleted)
        {
            block.Run.AbortToken.ThrowIfCancellationRequested();
        }
    }
}

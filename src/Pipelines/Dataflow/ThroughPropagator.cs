using Pipelines.Dataflow;
using Pipelines.Execution;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that is a TPL Dataflow block: items go into it, and on with what comes out of it.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the block's. <b>Backpressure:</b> a boundary on both sides: the pipeline waits while the block postpones, and the block keeps what there is no room for
    /// behind it. Feeding it and emptying it go on at once, so it does not deadlock at any capacity.</para>
    /// <para><b>Completion:</b> the end of the input completes the block, and the output ends when the block has. A block that serves one run: the blueprint runs once.
    /// <c>In</c> and <c>Out</c> are counted apart.</para>
    /// <para><b>Failure:</b> the exception that the block faulted with fails the run, unwrapped. A run that is aborted, cancelled or has failed faults the block; what is inside of it then is
    /// the block's to account for. If nothing further down takes items any more, the block is completed and what still comes out of it counts as undelivered.</para>
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
            $"The pipeline goes through the Dataflow block '{expression}', which an earlier run has completed: it serves one run. Build the pipeline anew with another block.");
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

    public async Task RunAsync(ChannelReader<T> reader, ChannelWriter<U> writer, BlockRun block, CancellationToken token)
    {
        var intake = new Intake<U>();
        _ = propagator.Completion.ContinueWith(
            static (_, intake) => ((Intake<U>)intake!).Close(), intake, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task feeding = FeedAsync(reader, block, enough.Token);
        try
        {
            using (propagator.LinkTo(intake, new DataflowLinkOptions()))
            {
                await intake.RunAsync(writer, item => block.Undeliver(item), token);
            }
        }
        catch (OperationCanceledException) when (!block.Run.IsAborting)
        {
            // Nobody behind takes items any more.
        }
        finally
        {
            await enough.CancelAsync();
            await feeding;
        }

        if (!propagator.Completion.IsCompleted)
        {
            await DrainAsync(block, block.Run.AbortToken);
        }

        Faults.ThrowIfFailed(propagator.Completion);
    }

    // Lets nothing out: what it fails with it tells the propagator, and whoever awaits that meets it there.
    private async Task FeedAsync(ChannelReader<T> reader, BlockRun block, CancellationToken token)
    {
        try
        {
            while (await reader.WaitToReadAsync(token))
            {
                while (reader.TryRead(out T? item))
                {
                    if (!await OfferAsync(item))
                    {
                        block.Undeliver(item);
                        return;
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

        async ValueTask<bool> OfferAsync(T item)
        {
            try
            {
                return await propagator.SendAsync(item, token);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    // What is still inside the propagator comes out into the count.
    private async Task DrainAsync(BlockRun block, CancellationToken abort)
    {
        propagator.Complete();
        var aborted = new TaskCompletionSource();
        using CancellationTokenRegistration registration = abort.UnsafeRegister(static (aborted, token) => ((TaskCompletionSource)aborted!).TrySetCanceled(token), aborted);
        var rest = new ActionBlock<U>(item => block.Undeliver(item));
        using (propagator.LinkTo(rest, new DataflowLinkOptions()))
        {
            await await Task.WhenAny(propagator.Completion.ContinueWith(static _ => { }, TaskScheduler.Default), aborted.Task);
        }

        rest.Complete();
        await rest.Completion;
    }
}

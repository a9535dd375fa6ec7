using System.Threading.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>Who works on a block's items: threads of this process, which is the default, or what another package brings, such as child processes.</summary>
/// <remarks>It changes where the block's delegate executes, and nothing else: order, bounds, counts, failures, policies and ends are the same.</remarks>
public abstract record BlockWorkers
{
    private protected BlockWorkers()
    {
    }

    /// <summary>Threads of this process.</summary>
    public static BlockWorkers Threads { get; } = new WorkerThreads();

    /// <summary>Whether the block's own code does the work.</summary>
    internal virtual bool AreThreads => false;

    /// <summary>How many items may wait in front of the block where its options do not say: what is far away wants more at once.</summary>
    internal virtual int? DefaultCapacity => null;

    /// <summary>What a pool does to have a delegate applied elsewhere. Called while the pipeline is built: what cannot be moved is refused here.</summary>
    /// <param name="work">The delegate as the user gave it, and what makes a worker's resource, if there is such.</param>
    /// <param name="options">Settings of the block.</param>
    /// <param name="name">How the block is called.</param>
    internal virtual PoolDelegate<TIn, TOut> Map<TIn, TOut>((Delegate Work, Delegate? CreateWorker) work, BlockOptions options, string name) =>
        throw new NotSupportedException($"{GetType().Name} cannot apply a delegate to items.");

    /// <summary>Code in this process that feeds a consumer elsewhere.</summary>
    internal virtual Func<ChannelReader<T>, CancellationToken, Task> Consume<T>(Delegate consume, BlockOptions options, string name) =>
        throw new NotSupportedException($"{GetType().Name} cannot consume.");

    /// <summary>Code in this process that feeds a transform elsewhere, and takes what comes of it.</summary>
    internal virtual Func<ChannelReader<TIn>, ChannelWriter<TOut>, CancellationToken, Task> Transform<TIn, TOut>(
        Delegate transform, BlockOptions options, string name) =>
        throw new NotSupportedException($"{GetType().Name} cannot transform.");

    private sealed record WorkerThreads : BlockWorkers
    {
        internal override bool AreThreads => true;
    }
}

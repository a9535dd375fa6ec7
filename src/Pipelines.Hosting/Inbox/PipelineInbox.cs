namespace Pipelines.Hosting;

/// <summary>The way into a hosted pipeline, for whoever has items: a controller, a subscription, a timer.</summary>
/// <remarks>
/// <para><b>Promise:</b> what it has accepted reaches the pipeline, or is reported: handed to <c>OnLost</c>, counted and
/// logged. Nothing is accepted any more once the host stops. An inbox in memory does not survive its process.</para>
/// <para><b>Order:</b> as accepted. <b>Threads:</b> any number at once. <b>Cost:</b> of one in memory a short lock an item; no allocation but to wait.</para>
/// </remarks>
/// <typeparam name="T">What the pipeline is fed with.</typeparam>
public abstract class PipelineInbox<T>
{
    /// <summary>Makes an inbox. A test of who feeds a pipeline may derive its own.</summary>
    protected PipelineInbox()
    {
    }

    /// <summary>How many items may wait in it.</summary>
    public abstract int Capacity { get; }

    /// <summary>How many items wait in it.</summary>
    public abstract int Count { get; }

    /// <summary>Whether it accepts: not once the host stops, nor while its pipeline has ended or failed for good.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Hands an item over if there is room at once.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True: it is accepted. False: there is no room, or the inbox does not accept (<see cref="IsOpen"/>); the item is still the caller's.</returns>
    public abstract bool TryAdd(T item);

    /// <summary>Hands an item over, and waits for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait: the item is then not accepted.</param>
    /// <returns>A task that ends when the item is accepted.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the item is still the caller's.</exception>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The inbox does not accept, or has stopped to during the wait; the item is still the
    /// caller's.</exception>
    public abstract ValueTask AddAsync(T item, CancellationToken cancellationToken = default);
}

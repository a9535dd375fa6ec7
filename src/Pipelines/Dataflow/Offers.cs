using System.Threading.Tasks.Dataflow;
using Pipelines.Execution;

namespace Pipelines.Dataflow;

/// <summary>Sends an item to a block, and says more of a refusal than the block's own extension does.</summary>
internal static class Offers
{
    private static readonly DataflowMessageHeader s_header = new(1);

    /// <summary>Waits until the block has taken the item or refuses it.</summary>
    /// <returns>Accepted; declining permanently, if the block takes nothing any more; declined, if it does not want this item.</returns>
    public static ValueTask<DataflowMessageStatus> SendAsync<T>(ITargetBlock<T> target, T item, Edge edge, CancellationToken token)
    {
        Task<bool> sent = target.SendAsync(item, token);
        return sent is { IsCompletedSuccessfully: true, Result: true } ? new(DataflowMessageStatus.Accepted) : AwaitAsync();

        async ValueTask<DataflowMessageStatus> AwaitAsync() =>
            await sent.Queued(edge) ? DataflowMessageStatus.Accepted : target.OfferMessage(s_header, item, null, consumeToAccept: false);
    }
}

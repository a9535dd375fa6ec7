using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Dataflow.Networks;

/// <summary>Stands on the link between two blocks and notes what crosses it: what the target accepts when it is offered, and what it consumes later.</summary>
/// <remarks>To the source it is the target, to the target it is the source. It serves one source at a time, as a link does.</remarks>
internal sealed class Tap(ITargetBlock<int> target) : ITargetBlock<int>, ISourceBlock<int>
{
    private readonly List<int> _crossed = [];
    private ISourceBlock<int>? _source;

    public Task Completion => target.Completion;

    /// <summary>What has crossed, sorted: of one item that is being consumed and the next that is offered meanwhile, the second may be noted first.</summary>
    public int[] Crossed
    {
        get
        {
            lock (_crossed)
            {
                return [.. _crossed.Order()];
            }
        }
    }

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, int messageValue, ISourceBlock<int>? source, bool consumeToAccept)
    {
        Volatile.Write(ref _source, source);
        DataflowMessageStatus status = target.OfferMessage(messageHeader, messageValue, source is null ? null : this, consumeToAccept);
        if (status == DataflowMessageStatus.Accepted && !consumeToAccept)
        {
            Note(messageValue);
        }

        return status;
    }

    public int ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target, out bool messageConsumed)
    {
        int item = _source!.ConsumeMessage(messageHeader, this, out messageConsumed);
        if (messageConsumed)
        {
            Note(item);
        }

        return item;
    }

    public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target) => _source!.ReserveMessage(messageHeader, this);

    public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<int> target) => _source!.ReleaseReservation(messageHeader, this);

    public void Complete() => target.Complete();

    public void Fault(Exception exception) => target.Fault(exception);

    public IDisposable LinkTo(ITargetBlock<int> target, DataflowLinkOptions linkOptions) => throw new NotSupportedException("The link is there already.");

    private void Note(int item)
    {
        lock (_crossed)
        {
            _crossed.Add(item);
        }
    }
}

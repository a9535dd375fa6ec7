using System.Threading.Tasks.Dataflow;
using Pipelines.Execution;

namespace Pipelines.Dataflow;

/// <summary>
/// Takes what a block still puts out when nobody wants it any more, and gives it back: on the source's thread, so that nothing is under way anywhere when
/// the last offer has returned.
/// </summary>
/// <remarks>
/// Each message is an activity of the run, which therefore does not end between the acceptance and the count; and one that has ended accepts nothing.
/// </remarks>
internal sealed class Remainder<T>(BlockRun block) : ITargetBlock<T>
{
    private volatile bool _isClosed;

    public Task Completion => throw new NotSupportedException("This end of the bridge is not seen from outside.");

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, T messageValue, ISourceBlock<T>? source, bool consumeToAccept)
    {
        if (_isClosed || !block.Run.TryAddActivity())
        {
            return DataflowMessageStatus.DecliningPermanently;
        }

        try
        {
            T? item = messageValue;
            if (consumeToAccept)
            {
                item = source!.ConsumeMessage(messageHeader, this, out bool consumed);
                if (!consumed)
                {
                    return DataflowMessageStatus.NotAvailable;
                }
            }

            block.Undeliver(item);
            return DataflowMessageStatus.Accepted;
        }
        finally
        {
            block.Run.OutsideActivityEnded();
        }
    }

    public void Complete() => _isClosed = true;

    public void Fault(Exception exception) => _isClosed = true;
}

using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

/// <summary>A source in the hand of a test, which offers when the test says so, and hears of everything the target does.</summary>
internal sealed class HandSource : ISourceBlock<int>
{
    private readonly Dictionary<long, int> _there = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITargetBlock<int>? _reservedBy;
    private long _lastId;

    /// <summary>Thrown when the target consumes; null for none.</summary>
    public Exception? Refusal { get; init; }

    public List<int> Consumed { get; } = [];

    /// <summary>How many messages the target has reserved and let go of.</summary>
    public int Released { get; private set; }

    /// <summary>Everyone who has consumed or reserved.</summary>
    public HashSet<ITargetBlock<int>> Callers { get; } = [];

    /// <summary>Finishes when the target has come for a message: consumed it, was told that it is gone, or has let go of it.</summary>
    public Task Settled => _settled.Task.InTime();

    public Task Completion => throw new NotSupportedException("Nobody asks.");

    /// <summary>Offers a new message. Accepted or consumed, it is gone from here.</summary>
    public DataflowMessageStatus Offer(ITargetBlock<int> target, int item, bool consumeToAccept = false)
    {
        long id;
        lock (_there)
        {
            id = ++_lastId;
            _there.Add(id, item);
        }

        DataflowMessageStatus status = target.OfferMessage(new DataflowMessageHeader(id), item, this, consumeToAccept);
        lock (_there)
        {
            if (status == DataflowMessageStatus.Accepted && !consumeToAccept)
            {
                _there.Remove(id);
            }
        }

        return status;
    }

    /// <summary>Gives all messages to somebody else: whoever comes for one has come too late.</summary>
    public void TakeBack()
    {
        lock (_there)
        {
            _there.Clear();
        }
    }

    public int ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target, out bool messageConsumed)
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        lock (_there)
        {
            Callers.Add(target);
            messageConsumed = _there.Remove(messageHeader.Id, out int item);
            if (messageConsumed)
            {
                Consumed.Add(item);
            }

            _reservedBy = null;
            _settled.TrySetResult();
            return item;
        }
    }

    public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target)
    {
        lock (_there)
        {
            Callers.Add(target);
            bool reserved = _reservedBy is null && _there.ContainsKey(messageHeader.Id);
            _reservedBy = reserved ? target : _reservedBy;
            return reserved;
        }
    }

    public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<int> target)
    {
        lock (_there)
        {
            Assert.Same(_reservedBy, target);
            _reservedBy = null;
            Released++;
            _settled.TrySetResult();
        }
    }

    public IDisposable LinkTo(ITargetBlock<int> target, DataflowLinkOptions linkOptions) => throw new NotSupportedException("The test offers by hand.");

    public void Complete() => throw new NotSupportedException("The test ends by hand.");

    public void Fault(Exception exception) => throw new NotSupportedException("The test ends by hand.");
}

using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines.Dataflow;

/// <summary>The target side of the bridge: takes messages from any number of Dataflow sources and writes them to a link, as the only one that does.</summary>
/// <remarks>
/// <para>While there is room and nobody waits, an offered message is taken at once, on the source's thread: accepted, or consumed if the source wants that,
/// since a source which hands out copies may offer its next message as soon as this one is postponed. Otherwise it is postponed: it stays its source's until
/// <see cref="RunAsync"/> has room for it and consumes it.
/// So nothing is held here, and a source sees the link's backpressure.</para>
/// <para>States, under the gate: <b>open</b>; <b>ended</b>, when the sources have, and what they have left is consumed before the end; <b>closed</b>, for good:
/// everything is declined, and what is still postponed is released. While the loop consumes, or any message is postponed, nothing is taken at once, so that
/// each source's order is kept.</para>
/// <para>Sources are called outside of the gate. A slot of the link is kept for each message that is being consumed on its source's thread, and the run does
/// not end meanwhile. The write finds no room after all only if the run has been paused or is ending: then the loop has the message, or if there is none any
/// more it is given back.</para>
/// </remarks>
internal sealed partial class Intake<T>(ChannelWriter<T> writer, WriterBlockRun block) : ITargetBlock<T>
{
    private readonly Gate _gate = new();
    private readonly Signal _signal = new();
    private readonly OrderedDictionary<ISourceBlock<T>, DataflowMessageHeader> _postponed = [];
    private readonly Queue<T> _consumed = []; // that found no room after all
    private int _consuming; // how many sources' threads are at it
    private bool _isLoopConsuming;
    private bool _hasLoop;
    private bool _isEnded;
    private bool _isClosed;

    /// <summary>The block that sources know and offer to, if it is another than this. Set before any source knows it.</summary>
    public ITargetBlock<T>? Front { get; set; }

    private ITargetBlock<T> Self => Front ?? this;

    private Edge Edge => block.Run.Edge;

    public Task Completion => throw new NotSupportedException("This end of the bridge is not seen from outside.");

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, T messageValue, ISourceBlock<T>? source, bool consumeToAccept)
    {
        if (!messageHeader.IsValid)
        {
            throw new ArgumentException("The message header is not valid: its id is 0.", nameof(messageHeader));
        }

        if (source is null && consumeToAccept)
        {
            throw new ArgumentException("A message that is to be consumed needs a source.", nameof(consumeToAccept));
        }

        using Outside.Entered _ = Outside.Enter(); // a source offers under locks of its own
        using (_gate.Enter())
        {
            if (_isEnded)
            {
                return DataflowMessageStatus.DecliningPermanently;
            }

            bool isFree = !_isLoopConsuming && _postponed.Count == 0 && _consumed.Count == 0 && block.Room > _consuming;
            if (isFree && !consumeToAccept && writer.TryWrite(messageValue))
            {
                return DataflowMessageStatus.Accepted;
            }

            if (source is null)
            {
                return DataflowMessageStatus.Declined; // a message without a source cannot be postponed
            }

            if (isFree && consumeToAccept && !block.Run.IsPaused && block.Run.TryAddActivity())
            {
                _consuming++;
            }
            else
            {
                _postponed.Remove(source);
                _postponed.Add(source, messageHeader);
                source = null;
            }
        }

        if (source is not null)
        {
            return ConsumeNow(messageHeader, source);
        }

        _signal.Wake(Wait.Input);
        return DataflowMessageStatus.Postponed;
    }

    public void Complete() => Close();

    public void Fault(Exception exception) => Close();

    /// <summary>Takes no more messages. What is accepted stays accepted.</summary>
    public void Close()
    {
        using (_gate.Enter())
        {
            _isEnded = true;
            _isClosed = true;
        }

        _signal.Wake(Wait.Input);
    }

    /// <summary>The sources offer nothing more. What they have offered and still have is consumed: the last message of one that hands out copies can be had
    /// behind its end.</summary>
    public void SourcesEnded()
    {
        using (_gate.Enter())
        {
            _isEnded = true;
        }

        _signal.Wake(Wait.Input);
    }

    /// <summary>Calls <see cref="SourcesEnded"/> when a block has. After it was linked: one that has its last message already offers that to a new
    /// link.</summary>
    public void EndWith(ISourceBlock<T> source) =>
        _ = source.Completion.ContinueWith(
            static (_, intake) => ((Intake<T>)intake!).SourcesEnded(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    /// <summary>Takes no more messages, and lets go of what is postponed.</summary>
    public void End()
    {
        Close();
        Release();
    }

    private DataflowMessageStatus ConsumeNow(DataflowMessageHeader header, ISourceBlock<T> source)
    {
        bool consumed = false;
        T? item = default;
        try
        {
            item = source.ConsumeMessage(header, Self, out consumed);
        }
        catch (Exception error)
        {
            block.Caught(error);
            Close();
            return DataflowMessageStatus.DecliningPermanently;
        }
        finally
        {
            bool isKept = true;
            using (_gate.Enter())
            {
                _consuming--;
                if (consumed && !writer.TryWrite(item!))
                {
                    isKept = _hasLoop;
                    if (isKept)
                    {
                        _consumed.Enqueue(item!);
                    }
                }
            }

            if (!isKept)
            {
                block.Undeliver(item);
            }

            _signal.Wake(Wait.Input);
            block.Run.OutsideActivityEnded();
        }

        return consumed ? DataflowMessageStatus.Accepted : DataflowMessageStatus.NotAvailable;
    }

    // To reserve a message and let it go makes its source offer it to others again.
    private void Release()
    {
        for (; ; )
        {
            ISourceBlock<T> source;
            DataflowMessageHeader header;
            using (_gate.Enter())
            {
                if (_postponed.Count == 0)
                {
                    return;
                }

                (source, header) = _postponed.GetAt(0);
                _postponed.RemoveAt(0);
            }

            if (source.ReserveMessage(header, Self))
            {
                source.ReleaseReservation(header, Self);
            }
        }
    }
}

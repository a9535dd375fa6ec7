using Pipelines.Channels;
using Pipelines.Execution;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

/// <summary>The target side of the bridge: takes messages from any number of Dataflow sources and writes them to a channel.</summary>
/// <remarks>
/// <para>While there is room and nobody waits, an offered message is accepted and written at once, on the source's thread. Otherwise it is postponed: it stays its source's
/// until <see cref="RunAsync"/> has room for it and consumes it. So nothing is held here, and a source sees the channel's backpressure.</para>
/// <para>States, under the gate: <b>open</b>, with messages postponed or not; <b>closed</b>, for good, by <see cref="Close"/> or by the end of
/// <see cref="RunAsync"/>: everything is declined, and what is still postponed is released to its source. While a message is being consumed or any is
/// postponed, nothing is accepted at once, so that each source's order is kept. Sources are called outside of the gate.</para>
/// </remarks>
internal sealed class Intake<T> : ITargetBlock<T>
{
    private readonly Lock _gate = new();
    private readonly Signal _signal = new();
    private readonly OrderedDictionary<ISourceBlock<T>, DataflowMessageHeader> _postponed = [];
    private ChannelWriter<T>? _writer;
    private bool _isConsuming;
    private bool _isClosed;

    /// <summary>The block that sources know and offer to, if it is another than this. Set before any source knows it.</summary>
    public ITargetBlock<T>? Front { get; set; }

    private ITargetBlock<T> Self => Front ?? this;

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

        lock (_gate)
        {
            if (_isClosed)
            {
                return DataflowMessageStatus.DecliningPermanently;
            }

            if (!consumeToAccept && !_isConsuming && _postponed.Count == 0 && _writer is { } writer && writer.TryWrite(messageValue))
            {
                return DataflowMessageStatus.Accepted;
            }

            if (source is null)
            {
                return DataflowMessageStatus.Declined; // a message without a source cannot be postponed
            }

            _postponed.Remove(source);
            _postponed.Add(source, messageHeader);
        }

        _signal.Wake(Wait.Input);
        return DataflowMessageStatus.Postponed;
    }

    /// <summary>Says where messages go, before the run starts: from now on they are accepted.</summary>
    public void Open(ChannelWriter<T> writer)
    {
        lock (_gate)
        {
            _writer = writer;
        }
    }

    public void Complete() => Close();

    public void Fault(Exception exception) => Close();

    /// <summary>Takes no more messages. What is accepted stays accepted.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _signal.Wake(Wait.Input);
    }

    /// <summary>Takes no more messages, and lets go of what is postponed.</summary>
    public void End()
    {
        Close();
        Release();
    }

    /// <summary>Consumes postponed messages whenever the channel has room, until the intake is closed or nobody reads the channel any more.</summary>
    /// <param name="writer">Where messages go.</param>
    /// <param name="undeliver">Receives a message that was consumed when nobody took it any more.</param>
    /// <param name="token">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <param name="waits">The island whose waiting for input it is, if it is one's.</param>
    public async Task RunAsync(ChannelWriter<T> writer, Action<T> undeliver, CancellationToken token, CodeIsland? waits = null)
    {
        Open(writer);
        try
        {
            while (await (waits is null ? PostponedAsync(token) : waits.InputFromOutsideAsync(PostponedAsync(token))) && await writer.WaitToWriteAsync(token))
            {
                await ConsumeAsync(writer, undeliver, token);
            }
        }
        finally
        {
            End();
        }
    }

    // False: closed.
    private async ValueTask<bool> PostponedAsync(CancellationToken token)
    {
        for (; ; )
        {
            token.ThrowIfCancellationRequested();
            _signal.Arm(Wait.Input, token);
            bool closed;
            bool postponed;
            lock (_gate)
            {
                closed = _isClosed;
                postponed = _postponed.Count > 0;
            }

            if ((!closed && !postponed) || !_signal.TryDisarm())
            {
                await _signal.WaitAsync();
                continue;
            }

            return !closed;
        }
    }

    private async ValueTask ConsumeAsync(ChannelWriter<T> writer, Action<T> undeliver, CancellationToken token)
    {
        ISourceBlock<T> source;
        DataflowMessageHeader header;
        lock (_gate)
        {
            if (_postponed.Count == 0)
            {
                return;
            }

            (source, header) = _postponed.GetAt(0);
            _postponed.RemoveAt(0);
            _isConsuming = true;
        }

        try
        {
            T? item = source.ConsumeMessage(header, Self, out bool consumed);
            if (consumed)
            {
                await WriteAsync(item!);
            }
        }
        finally
        {
            lock (_gate)
            {
                _isConsuming = false;
            }
        }

        // There was room, and while this is at work nothing is accepted at once; but a wait for room may also end without any.
        async ValueTask WriteAsync(T item)
        {
            bool written = false;
            try
            {
                while (!(written = writer.TryWrite(item)) && await writer.WaitToWriteAsync(token))
                {
                }
            }
            finally
            {
                if (!written)
                {
                    undeliver(item);
                }
            }
        }
    }

    // To reserve a message and let it go makes its source offer it to others again.
    private void Release()
    {
        for (; ; )
        {
            ISourceBlock<T> source;
            DataflowMessageHeader header;
            lock (_gate)
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

using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>
/// A bounded channel with end-of-file semantics: writers hold leases, and the stream ends when the last open lease is disposed. No writer has to
/// know of the others, no sentinel is sent, and no reader is left waiting.
/// </summary>
/// <remarks>
/// <para><b>Order:</b> first in, first out; of several writers, each one's items in its order. Who waits stands in line: each read lets exactly the oldest
/// pending write through, whichever lease it came by, and each write serves the oldest pending read.</para>
/// <para><b>Backpressure:</b> a write into a full pipe waits. Nobody writes past a line: <c>TryWrite</c> returns false while a write waits, and
/// <c>TryRead</c> while a read does.
/// <c>WaitToWriteAsync</c> and <c>WaitToReadAsync</c> keep no place: they end when their turn comes, and whether the room or the item is still there is for
/// the next attempt to find out.</para>
/// <para><b>Completion:</b> readers get what is buffered, then the end: <c>ReadAllAsync</c> ends, <c>WaitToReadAsync</c> returns false, and a
/// read past the end throws <see cref="ChannelClosedException"/>. A pipe that never had a lease does not end.</para>
/// <para><b>Failure:</b> a lease that ends with <c>TryComplete(error)</c> ends the stream for everybody, with that error behind the last item. A lease that is
/// left to the garbage collector counts as ended, and the stream then ends with <see cref="InvalidOperationException"/>: somebody forgot to dispose it, and
/// nobody
/// knows whether it had written everything.</para>
/// <para><b>Cancellation:</b> a cancelled read has taken nothing, a cancelled write has delivered nothing.</para>
/// <para><b>Threads:</b> any number of readers and writers at once. <b>Cost:</b> one short lock to write and one to read; no allocation an item, one a
/// wait.</para>
/// </remarks>
/// <typeparam name="T">What travels through the pipe.</typeparam>
// State, all of it under the ring's lock: how many leases are open (_leases), whether one was lost (_lost), whether the stream was closed (the
// ring's own bit and _end). Leases are opened while the stream is open; the last that goes closes it; nothing opens it again.
[DebuggerDisplay("count={Count}/{Capacity} writers={_leases} closed={IsClosed}")]
public sealed class Pipe<T>
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end = new();
    private readonly FlushList _flushes = new();
    private readonly SharedReader<T> _reader;
    private readonly SharedWriter<T> _writer;
    private int _leases;
    private bool _lost;

    /// <summary>Makes an empty pipe for 256 items.</summary>
    public Pipe()
        : this(256)
    {
    }

    /// <summary>Makes an empty pipe.</summary>
    /// <param name="capacity">The greatest number of items that wait in it, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    public Pipe(int capacity)
    {
        Capacity = Require.Capacity(capacity);
        _ring = new Ring<T>(capacity);
        _reader = new SharedReader<T>(_ring, _end, _ring.Gate, flushes: _flushes);
        _writer = new SharedWriter<T>(_ring, _end, _ring.Gate);
    }

    /// <summary>The greatest number of items that wait in the pipe.</summary>
    public int Capacity { get; }

    /// <summary>The reading end, for one reader or many.</summary>
    public ChannelReader<T> Reader => _reader;

    internal ChannelWriter<T> Writer => _writer;

    internal bool HasEnded => _end.HasEnded;

    private int Count => _ring.Count;

    private bool IsClosed => _ring.IsClosed;

    /// <summary>Opens a writing end. Dispose it when that writer is done: the stream ends with the last one.</summary>
    /// <returns>The lease: a <see cref="ChannelWriter{T}"/> to write with.</returns>
    /// <exception cref="InvalidOperationException">The stream has ended: its last lease is gone, or the pipe was closed.</exception>
    public PipeWriter<T> OpenWriter()
    {
        using (_ring.Gate.Enter())
        {
            if (_end.HasEnded)
            {
                throw new InvalidOperationException(
                    "The pipe has ended: it was closed, or its last writer was disposed. Open the writers before the first of them is disposed, " +
                    "or hold one open yourself until all are.");
            }

            _leases++;
            return new PipeWriter<T>(this);
        }
    }

    /// <summary>Ends the stream now, whoever still holds a lease: nothing more is written, and what is buffered is still delivered. Does nothing on a pipe
    /// that has ended.</summary>
    public void Close() => _writer.TryComplete();

    /// <summary>Waits until readers have taken everything that was written before this call.</summary>
    /// <param name="cancellationToken">Ends the wait; the items are not affected.</param>
    /// <returns>A task that completes when the last of these items was taken.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The pipe was abandoned meanwhile: not everything was taken.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        using (_ring.Gate.Enter())
        {
            long written = _ring.Written;
            return _ring.Read >= written ? Task.CompletedTask : _flushes.WhenTaken(written).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the stream now and takes back what no reader has taken.</summary>
    /// <returns>The undelivered items, oldest first; they are the caller's. Empty when there were none, and on a second call.</returns>
    public IReadOnlyList<T> Abandon()
    {
        Close();
        List<T> undelivered = [];
        var ended = default(EndedWaits);
        using (_ring.Gate.Enter())
        {
            while (_ring.TryReadQuietly(out T? item))
            {
                undelivered.Add(item);
            }

            _flushes.Abandon(new InvalidOperationException("The pipe was abandoned before everything that was written had been taken."), ref ended);
        }

        ended.Complete();
        _reader.Woken(); // it is drained now
        return undelivered;
    }

    /// <summary>A lease has ended: disposed, completed with an error, or lost.</summary>
    internal void Release(Exception? error, bool lost = false)
    {
        bool isEnd = false;
        using (_ring.Gate.Enter())
        {
            _lost |= lost;
            if (--_leases == 0 || error is not null)
            {
                // Decided here, so that no lease is opened on a stream that is about to end; told behind the lock.
                isEnd = _end.TryEnd(error ?? (_lost ? Lost() : null));
            }
        }

        if (isEnd)
        {
            _writer.TellEnd();
        }
    }

    private static InvalidOperationException Lost() => new(
        "A writer of this pipe was left to the garbage collector. Dispose each writer when it is done (a using declaration does): without that nobody " +
        "knows whether it had written everything.");
}

using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>A writing end of a <see cref="Pipe{T}"/>: a lease on its stream, which cannot end while this is open.</summary>
/// <remarks>
/// <para>Dispose it when its writer is done; to dispose it twice does no harm. Several threads may write through one lease, or each through its own.</para>
/// <para>A write through a disposed lease throws <see cref="ChannelClosedException"/>, as one into a closed pipe does. A write that was waiting for room when
/// its lease was
/// disposed is still delivered if other leases keep the stream open; otherwise it fails.</para>
/// </remarks>
/// <typeparam name="T">What travels through the pipe.</typeparam>
[DebuggerDisplay("{_isOpen == 1 ? \"open\" : \"disposed\",nq}")]
public sealed class PipeWriter<T> : ChannelWriter<T>, IDisposable
{
    private readonly Pipe<T> _pipe;

    // 1 until whoever ends the lease swaps it for 0: once, whatever comes first.
    private int _isOpen = 1;

    internal PipeWriter(Pipe<T> pipe) => _pipe = pipe;

    /// <summary>The lease was left to the garbage collector: ends it, and lets the readers know.</summary>
    ~PipeWriter()
    {
        if (TryEnd())
        {
            // Not here: a lock has no business on the finalizer's thread.
            ThreadPool.UnsafeQueueUserWorkItem(static pipe => pipe.Release(null, lost: true), _pipe, preferLocal: false);
        }
    }

    // A disposed lease of a stream that goes on is closed by itself; everything else is the stream's to answer.
    private bool IsOpen => Volatile.Read(ref _isOpen) == 1;

    /// <inheritdoc/>
    public override bool TryWrite(T item) => IsOpen && _pipe.Writer.TryWrite(item);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default) =>
        IsOpen || _pipe.HasEnded || cancellationToken.IsCancellationRequested
            ? _pipe.Writer.WriteAsync(item, cancellationToken)
            : ValueTask.FromException(new ChannelClosedException(
                "This writer of the pipe is disposed. Open another with OpenWriter while the stream is open."));

    /// <inheritdoc/>
    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
        IsOpen || _pipe.HasEnded || cancellationToken.IsCancellationRequested
            ? _pipe.Writer.WaitToWriteAsync(cancellationToken)
            : new(false);

    /// <summary>Ends the lease, and with an error the whole stream.</summary>
    /// <param name="error">Null: this writer is done, as with <see cref="Dispose"/>. Otherwise the stream ends now, with this behind its last item.</param>
    /// <returns>Whether the lease was open.</returns>
    public override bool TryComplete(Exception? error = null)
    {
        if (!TryEnd())
        {
            return false;
        }

        _pipe.Release(error);
        return true;
    }

    /// <summary>Ends the lease: this writer is done.</summary>
    public void Dispose()
    {
        TryComplete();
        GC.SuppressFinalize(this);
    }

    private bool TryEnd() => Interlocked.Exchange(ref _isOpen, 0) == 1;
}

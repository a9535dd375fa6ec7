using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Pipelines.Hosting;

/// <summary>What a run reads of an inbox: what an earlier run has given back first, then what was accepted.</summary>
/// <remarks>
/// One run reads at a time, so nothing here is shared: items are put back by the supervisor between two runs, and what it has written then the next run
/// sees, which starts behind that. Whether anything was put back is one look at a field an item.
/// </remarks>
internal sealed class InboxReader<T>(ChannelReader<T> accepted) : ChannelReader<T>
{
    private readonly Queue<T> _putBack = new();

    // Ends when all that was put back is read; made when something is.
    private TaskCompletionSource? _putBackRead;
    private long _taken;

    /// <summary>How many of the accepted items were read. Written by who reads, looked at by anybody.</summary>
    public long Taken => Volatile.Read(ref _taken);

    public int PutBackCount => _putBack.Count;

    public override bool CanCount => true;

    public override int Count => _putBack.Count + accepted.Count;

    /// <summary>Ends when there is nothing to be read, and will be none.</summary>
    public override Task Completion => _putBackRead is { } read ? Task.WhenAll(accepted.Completion, read.Task) : accepted.Completion;

    public void PutBack(T item)
    {
        if (_putBack.Count == 0)
        {
            _putBackRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _putBack.Enqueue(item);
    }

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (_putBack.Count > 0)
        {
            item = _putBack.Dequeue();
            if (_putBack.Count == 0)
            {
                _putBackRead?.TrySetResult();
            }

            return true;
        }

        if (accepted.TryRead(out item))
        {
            Volatile.Write(ref _taken, _taken + 1);
            return true;
        }

        return false;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        _putBack.Count > 0 ? new(true) : accepted.WaitToReadAsync(cancellationToken);
}

using System.Threading.Tasks.Dataflow;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines.Dataflow;

// The loop of the run: what there was no room for when it was offered.
internal sealed partial class Intake<T>
{
    /// <summary>Consumes postponed messages whenever the link has room, until the intake is closed or nobody reads the link any more.</summary>
    /// <param name="token">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <param name="waits">The island whose waiting for input it is, if it is one's.</param>
    public async Task RunAsync(CancellationToken token, CodeIsland? waits = null)
    {
        using (_gate.Enter())
        {
            _hasLoop = true;
        }

        try
        {
            while (await (waits is null ? NewsAsync(token) : waits.InputFromOutsideAsync(NewsAsync(token))).AtOnce(Edge)
                && await writer.WaitToWriteAsync(token).Woken(Edge))
            {
                await ConsumeAsync(token).AtOnce(Edge);
            }
        }
        finally
        {
            End();
            await SettleAsync().AtOnce(Edge);
        }
    }

    // False: it is over.
    private async ValueTask<bool> NewsAsync(CancellationToken token)
    {
        for (; ; )
        {
            token.ThrowIfCancellationRequested();
            _signal.Arm(Wait.Input, token);
            bool any;
            bool over;
            using (_gate.Enter())
            {
                any = _consumed.Count > 0 || (_postponed.Count > 0 && !_isClosed && _consuming == 0); // the room may be for those who are at it
                over = _isEnded && !any && _consuming == 0;
            }

            if ((!any && !over) || !_signal.TryDisarm())
            {
                await _signal.WaitAsync().Woken(Edge);
                continue;
            }

            return any;
        }
    }

    private async ValueTask ConsumeAsync(CancellationToken token)
    {
        T? item = default;
        ISourceBlock<T>? source = null;
        DataflowMessageHeader header = default;
        using (_gate.Enter())
        {
            if (!_consumed.TryDequeue(out item))
            {
                if (_postponed.Count == 0)
                {
                    return;
                }

                (source, header) = _postponed.GetAt(0);
                _postponed.RemoveAt(0);
            }

            _isLoopConsuming = true;
        }

        try
        {
            bool consumed = true;
            if (source is not null)
            {
                item = source.ConsumeMessage(header, Self, out consumed);
            }

            if (consumed)
            {
                await WriteAsync(item!, token).AtOnce(Edge);
            }
        }
        finally
        {
            using (_gate.Enter())
            {
                _isLoopConsuming = false;
            }
        }
    }

    // There was room; but the run may be paused, and a wait for room may also end without any.
    private async ValueTask WriteAsync(T item, CancellationToken token)
    {
        bool written = false;
        try
        {
            while (!(written = writer.TryWrite(item)) && await writer.WaitToWriteAsync(token).Woken(Edge))
            {
            }
        }
        finally
        {
            if (!written)
            {
                block.Undeliver(item);
            }
        }
    }

    // Whatever ends the loop, what a source's thread has consumed is accepted, and goes on unless the run is aborting.
    private async ValueTask SettleAsync()
    {
        for (; ; )
        {
            _signal.Arm(Wait.Input);
            bool settles;
            bool any;
            T? item;
            using (_gate.Enter())
            {
                any = _consumed.TryDequeue(out item);
                settles = !any && _consuming == 0;
                _hasLoop = !settles;
            }

            if ((!any && !settles) || !_signal.TryDisarm())
            {
                await _signal.WaitAsync().Woken(Edge);
            }

            if (any)
            {
                try
                {
                    await WriteAsync(item!, CancellationToken.None).AtOnce(Edge);
                }
                catch (OperationCanceledException)
                {
                    // Aborting: it is given back.
                }
            }
            else if (settles)
            {
                return;
            }
        }
    }
}

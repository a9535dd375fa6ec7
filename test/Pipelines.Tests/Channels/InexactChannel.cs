using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>A channel that does for certain what the in-box one does in a race: each hundredth call that may wait has been done, and reports that it was
/// cancelled.</summary>
internal sealed class InexactChannel : Channel<int>
{
    public InexactChannel(int capacity, bool losesReads)
    {
        var exact = new RingChannel<int>(capacity);
        Reader = losesReads ? new InexactReader(exact.Reader) : exact.Reader;
        Writer = losesReads ? exact.Writer : new InexactWriter(exact.Writer);
    }

    private sealed class InexactReader(ChannelReader<int> exact) : ChannelReader<int>
    {
        private int _reads;

        public override bool TryRead([MaybeNullWhen(false)] out int item) => exact.TryRead(out item);

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => exact.WaitToReadAsync(cancellationToken);

        public override async ValueTask<int> ReadAsync(CancellationToken cancellationToken = default)
        {
            int item = await exact.ReadAsync(cancellationToken);
            return ++_reads % 100 == 0 ? throw new OperationCanceledException(cancellationToken) : item;
        }
    }

    private sealed class InexactWriter(ChannelWriter<int> exact) : ChannelWriter<int>
    {
        private int _writes;

        public override bool TryComplete(Exception? error = null) => exact.TryComplete(error);

        public override bool TryWrite(int item) => exact.TryWrite(item);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => exact.WaitToWriteAsync(cancellationToken);

        public override async ValueTask WriteAsync(int item, CancellationToken cancellationToken = default)
        {
            await exact.WriteAsync(item, cancellationToken);
            if (++_writes % 100 == 0)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>A channel that does what the in-box one does in a race, whenever it can: a call that was done reports that it was cancelled.</summary>
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
        public override bool TryRead([MaybeNullWhen(false)] out int item) => exact.TryRead(out item);

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => exact.WaitToReadAsync(cancellationToken);

        public override async ValueTask<int> ReadAsync(CancellationToken cancellationToken = default)
        {
            int item = await exact.ReadAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return item;
        }
    }

    private sealed class InexactWriter(ChannelWriter<int> exact) : ChannelWriter<int>
    {
        public override bool TryComplete(Exception? error = null) => exact.TryComplete(error);

        public override bool TryWrite(int item) => exact.TryWrite(item);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => exact.WaitToWriteAsync(cancellationToken);

        public override async ValueTask WriteAsync(int item, CancellationToken cancellationToken = default)
        {
            await exact.WriteAsync(item, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

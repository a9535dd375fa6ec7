using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The contract holds for a ring whose two sides are shared: what is between the tasks of one block.</summary>
public sealed class SharedRingTests : SharedChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => new SharedRing<T>(capacity, staysInContext: false);
}

/// <summary>The contract holds where only the reader is shared, as at a pipeline's end.</summary>
public sealed class SharedReaderTests : ChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => new OneSideShared<T>(capacity);

    private sealed class OneSideShared<T> : Channel<T>
    {
        public OneSideShared(int capacity)
        {
            var ring = new Ring<T>(capacity, wakesEarly: true);
            var end = new ChannelEnd();
            Reader = new SharedReader<T>(ring, end, ring.Gate);
            Writer = new RingWriter<T>(ring, end);
        }
    }
}

/// <summary>The contract holds where only the writer is shared, as at a pipeline's beginning.</summary>
public sealed class SharedWriterTests : ChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => new OneSideShared<T>(capacity);

    private sealed class OneSideShared<T> : Channel<T>
    {
        public OneSideShared(int capacity)
        {
            var ring = new Ring<T>(capacity);
            var end = new ChannelEnd();
            var reader = new RingReader<T>(ring, end);
            ring.WhenClosed = reader.FinishIfDrained;
            Reader = reader;
            Writer = new SharedWriter<T>(ring, end, ring.Gate);
        }
    }
}

internal sealed class SharedRing<T> : Channel<T>
{
    public SharedRing(int capacity, bool staysInContext)
    {
        var ring = new Ring<T>(capacity);
        var end = new ChannelEnd();
        Reader = new SharedReader<T>(ring, end, ring.Gate, staysInContext ? Home.Ambient : null);
        Writer = new SharedWriter<T>(ring, end, ring.Gate, home: staysInContext ? Home.Ambient : null);
    }
}

/// <summary>The contract of the in-box channel that several may read and write.</summary>
public sealed class InBoxSharedChannelTests : SharedChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => Channel.CreateBounded<T>(capacity);

    protected override bool IsExact => false;
}

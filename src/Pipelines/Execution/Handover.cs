using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A channel between two tasks of one block: every wait goes on in its caller's context, so that all of it stays on the run's scheduler.</summary>
internal sealed class Handover<T>
{
    public Handover(int capacity)
    {
        var ring = new Ring<T>(capacity);
        var end = new ChannelEnd();
        Reader = new SharedReader<T>(ring, end, ring.Gate, staysInContext: true);
        Writer = new SharedWriter<T>(ring, end, ring.Gate, staysInContext: true);
    }

    public ChannelReader<T> Reader { get; }

    public ChannelWriter<T> Writer { get; }
}

using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The end of an island: writes to the link in front of the next block.</summary>
/// <param name="block">The next block.</param>
/// <param name="link">The link in front of it.</param>
internal sealed class LinkWriter<T>(BlockRun block, Ring<T> link) : Stage<T>(block)
{
    public Ring<T> Link => link;

    public override bool Push(T item)
    {
        // There is room: the protocol has asked. A link is closed by its one writer only, so the write cannot fail.
        bool written = link.TryWrite(item);
        Debug.Assert(written, "A push came without room in the link.");
        return link.HasRoom && !link.IsReaderGone;
    }

    /// <summary>Where the next items may be put, to be passed on by <see cref="Publish"/>.</summary>
    public Span<T> Room => link.Room;

    /// <summary>Pushes what was put into the first slots of <see cref="Room"/>. The answer is that of <see cref="Push"/>.</summary>
    public bool Publish(int count)
    {
        bool written = link.TryPublish(count);
        Debug.Assert(written, "A link was closed by another than its writer.");
        return link.HasRoom && !link.IsReaderGone;
    }

    public override int Sure => Math.Max(1, link.Room.Length);

    public override bool WantsRuns => true;

    public override bool PushRun(ReadOnlySpan<T> items)
    {
        items.CopyTo(link.Room);
        return Publish(items.Length);
    }

    public override Readiness Check() =>
        link.IsReaderGone ? Readiness.Finished
        : link.HasRoom ? Readiness.Ready
        : Readiness.Full;

    public override bool Resume() => true;

    public override bool Complete()
    {
        link.Close(); // not if it leads out of the run: then only the end of the whole run tells whether the stream ended well, and closes it
        return true;
    }

    // What waits in the link is the next block's to give back.
    public override void Abandon()
    {
    }

    public override void Attach(Island island)
    {
        link.Writer = island;
        island.Outlets.AddOutlet();
        link.ReaderWatch = island.Outlets;
    }
}

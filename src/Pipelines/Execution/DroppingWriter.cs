using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The end of an island that never waits: writes to a link that drops what it has no room for.</summary>
/// <param name="block">The dropping block.</param>
/// <param name="link">The link, whose items wait in <paramref name="queue"/>.</param>
/// <param name="queue">Where they wait.</param>
/// <param name="isBehind">Whether the block belongs to the island behind the link, since the link is its own.</param>
internal sealed class DroppingWriter<T>(BlockRun block, Ring<T> link, DroppingQueue<T> queue, bool isBehind) : LastStage<T>(block)
{
    public override bool Push(T item)
    {
        bool drops = queue.Put(item, out T? dropped);
        link.Reader?.Wake(Wait.Input); // behind the queue's lock, which was the fence
        if (drops)
        {
            Block.Drop(dropped);
        }

        return !link.IsReaderGone;
    }

    public override Readiness Check() => link.IsReaderGone ? Readiness.Finished : Readiness.Ready;

    public override bool Complete()
    {
        link.Close();
        return true;
    }

    public override void Attach(Island island)
    {
        if (!isBehind)
        {
            island.Adopt(Block);
        }

        island.Outlets.AddOutlet();
        link.ReaderWatch = island.Outlets;
    }
}

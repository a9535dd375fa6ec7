using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>A buffer that drops when it is full, instead of making upstream wait.</summary>
/// <remarks>
/// To drop the oldest or the newest item the writer must take back what the reader may be taking, so both sides work under one lock;
/// this is the one link that is not a <see cref="Ring{T}"/>.
/// </remarks>
internal sealed class DroppingBuffer<T>(Blueprint<T> upstream, int capacity, BoundedChannelFullMode mode, BlockOptions options)
    : Blueprint<T>(BlockKind.Transform, $"Buffer({capacity}, {mode})", options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var items = new Items(capacity, mode);
        var block = plan.Add(new BlockRun(plan.Run, this) { Link = items }, next.Block);
        var island = new ReadingIsland(block, items, next);
        items.Reader = island;
        next.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new WritingStage(block, items));
    }

    /// <summary>What waits, oldest first, and which side has ended.</summary>
    private sealed class Items(int capacity, BoundedChannelFullMode mode) : Queue
    {
        private readonly Lock _lock = new();
        private readonly Deque<T> _items = new();
        private long _written;
        private int _count;
        private volatile bool _closed;
        private volatile bool _readerGone;

        public override long Capacity => capacity;

        public override long Written => Volatile.Read(ref _written);

        public override long Read => Written - Volatile.Read(ref _count);

        public bool HasItems => Volatile.Read(ref _count) > 0;

        public bool IsClosed => _closed;

        public bool IsReaderGone => _readerGone;

        /// <summary>Puts an item in. True if one was dropped for it, which may be the item itself.</summary>
        public bool Put(T item, [MaybeNullWhen(false)] out T dropped)
        {
            bool drops = false;
            dropped = default;
            lock (_lock)
            {
                if (_items.Count == capacity)
                {
                    drops = true;
                    if (mode == BoundedChannelFullMode.DropWrite)
                    {
                        dropped = item;
                        return true;
                    }

                    dropped = mode == BoundedChannelFullMode.DropOldest ? _items.TakeFirst() : _items.TakeLast();
                }

                _items.AddLast(item);
                _written += drops ? 0 : 1;
                Volatile.Write(ref _count, _items.Count);
            }

            Reader!.Wake(Wait.Input); // behind the lock, which was the fence
            return drops;
        }

        public bool TryTake([MaybeNullWhen(false)] out T item)
        {
            lock (_lock)
            {
                bool any = _items.Count > 0;
                item = any ? _items.TakeFirst() : default;
                Volatile.Write(ref _count, _items.Count);
                return any;
            }
        }

        public void Close()
        {
            _closed = true;
            Interlocked.MemoryBarrier(); // pairs with the reader's announcement
            Reader!.Wake(Wait.Input);
        }

        public void LeaveReader()
        {
            _readerGone = true;
            ReaderWatch?.ReaderLeft();
        }
    }

    private sealed class WritingStage(BlockRun block, Items items) : LastStage<T>(block)
    {
        public override bool Push(T item)
        {
            if (items.Put(item, out T? dropped))
            {
                Block.Drop(dropped);
            }

            return !items.IsReaderGone;
        }

        public override Readiness Check() => items.IsReaderGone ? Readiness.Finished : Readiness.Ready;

        public override bool Complete()
        {
            items.Close();
            return true;
        }

        // The block belongs to the island behind it.
        public override void Attach(Island island)
        {
            island.Outlets.AddOutlet();
            items.ReaderWatch = island.Outlets;
        }
    }

    private sealed class ReadingIsland(BlockRun head, Items items, Stage<T> chain) : ChainIsland<T>(head, chain)
    {
        protected override bool IsStarved => !items.HasItems && !items.IsClosed;

        protected override Wait Feed()
        {
            for (int left = TurnLength; left > 0; left--)
            {
                if (!items.TryTake(out T? item))
                {
                    return items.IsClosed && !items.HasItems ? Wait.None : Wait.Input;
                }

                if (!Chain.Push(item) || Run.IsAborting)
                {
                    return Wait.Room;
                }
            }

            return Wait.Turn;
        }

        protected override Wait Leave()
        {
            items.LeaveReader();
            return Wait.None;
        }

        public override void Abandon()
        {
            while (items.TryTake(out T? item))
            {
                Head.Undeliver(item);
            }

            Chain.Abandon();
        }
    }
}

using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Something on its way out of a block that works on several items at once: a result, or an item that has failed.</summary>
internal readonly record struct Outgoing<TOut>(TOut Result, FailedItem? Failure);

/// <summary>An item on which user code has thrown, and what. It takes effect where it would have gone out.</summary>
/// <param name="Item">The item.</param>
/// <param name="Error">What was thrown.</param>
/// <param name="Block">The block it was, where that is not the one whose results these are.</param>
/// <param name="Refusal">What the block's policy has thrown in its turn.</param>
internal sealed record FailedItem(object? Item, Exception Error, BlockRun? Block = null, Exception? Refusal = null);

/// <summary>What has come of an item and waits to be passed on, in order; or the baton, when nothing waits and it is this line's turn.</summary>
/// <remarks>
/// <para>Workers put in, who has the baton takes out. Invariants, all of them under the line's gate:</para>
/// <list type="bullet">
/// <item>The baton lies here only while nothing waits here. So whoever puts something in finds either others before it or the baton, and with the baton need
/// not put it in.</item>
/// <item>A worker asks for room before it lets its sequence move, so there is a slot for what that yields. What was taken out counts until it has been passed
/// on.</item>
/// <item>A worker lies here only while there is no room, and is woken by whoever makes half of it free, adds some, or closes the line. (The last one out frees
/// everything: so nobody lies where the baton lies.)</item>
/// <item>A closed line is not worked on any more: its workers leave their sequences between two items. What is in it stays, to be passed on or given
/// back.</item>
/// </list>
/// <para>In an ordered block each item has a line; in another all share one.</para>
/// </remarks>
/// <param name="gate">The line's: its own, or that of a block whose items share the line.</param>
internal sealed class ResultLine<TOut>(Gate gate)
{
    /// <summary>The answer to a request for what is next where there will be no more.</summary>
    public const int Ended = -1;

    private readonly Queue<Outgoing<TOut>> _held = new();
    private PoolWorker? _lying;
    private int _taken;
    private bool _hasBaton;
    private bool _hasEnded;
    private volatile bool _isClosed;

    /// <summary>The one behind it. Under the block's gate.</summary>
    public ResultLine<TOut>? Next { get; set; }

    /// <summary>Whether it stands among those that want more slots. Under the block's gate.</summary>
    public bool IsWanting { get; set; }

    /// <summary>How many results it may hold. Changed under the block's gate and the line's.</summary>
    public long Slots { get; private set; }

    /// <summary>Whether to leave off. Any thread.</summary>
    public bool IsClosed => _isClosed;

    public bool HasRoom
    {
        get
        {
            using (gate.Enter())
            {
                return Count < Slots;
            }
        }
    }

    public bool HasSleepers
    {
        get
        {
            using (gate.Enter())
            {
                return _lying is not null;
            }
        }
    }

    /// <summary>What was put in and not taken out, after everything has stopped.</summary>
    public Outgoing<TOut>[] Left => [.. _held];

    private long Count => _held.Count + _taken;

    /// <summary>Begins it, or begins it anew.</summary>
    public void Open(long slots, bool hasBaton)
    {
        using (gate.Enter())
        {
            Debug.Assert(Count == 0 && _lying is null, "A line was used again before it was empty.");
            (Slots, _hasBaton, _hasEnded, _isClosed, Next) = (slots, hasBaton, false, false, null);
        }
    }

    /// <summary>Puts a result in. True: it was not put in, but the baton came, and it is to be passed on at once.</summary>
    public bool TryPut(TOut result)
    {
        using (gate.Enter())
        {
            if (TakeBaton())
            {
                return true;
            }

            _held.Enqueue(new Outgoing<TOut>(result, null));
            return false;
        }
    }

    /// <summary>Puts a failed item in. True: the baton came.</summary>
    public bool Put(FailedItem failure)
    {
        using (gate.Enter())
        {
            _held.Enqueue(new Outgoing<TOut>(default!, failure));
            return TakeBaton();
        }
    }

    /// <summary>There will be no more. From here on whoever has the baton may be done with the line.</summary>
    /// <param name="unused">How many slots are not needed any more, but for one.</param>
    /// <returns>Whether the baton came.</returns>
    public bool End(out long unused)
    {
        using (gate.Enter())
        {
            unused = Slots - Math.Max(1, Count);
            Slots -= unused;
            _hasEnded = true;
            return TakeBaton();
        }
    }

    /// <summary>Lies down unless there is room, or the line is closed.</summary>
    public bool TryLieDown(PoolWorker worker)
    {
        using (gate.Enter())
        {
            if (_isClosed || Count < Slots)
            {
                return false;
            }

            worker.NextAsleep = _lying;
            _lying = worker;
            return true;
        }
    }

    /// <summary>Takes out what is next, as much as fits. 0: there is nothing, and the baton was left here. <see cref="Ended"/>: there will be no more. With
    /// the baton only.</summary>
    public int Take(Span<Outgoing<TOut>> batch)
    {
        using (gate.Enter())
        {
            Debug.Assert(_taken == 0, "What was taken out has not been passed on.");
            while (_taken < batch.Length && _held.TryDequeue(out batch[_taken]))
            {
                _taken++;
            }

            _hasBaton = _taken == 0 && !_hasEnded;
            return _taken == 0 && _hasEnded ? Ended : _taken;
        }
    }

    /// <summary>So many of what was taken out have been passed on. Returns who is to be woken. With the baton only.</summary>
    public PoolWorker? Passed(int count)
    {
        using (gate.Enter())
        {
            _taken -= count;
            return Count <= Slots / 2 ? TakeSleepers() : null;
        }
    }

    /// <summary>Adds slots, or with a negative number takes some that are free. Returns who is to be woken.</summary>
    public PoolWorker? AddSlots(long count)
    {
        using (gate.Enter())
        {
            Slots += count;
            return Count < Slots ? TakeSleepers() : null;
        }
    }

    /// <summary>It is not worked on any more. Returns who is to be woken.</summary>
    public PoolWorker? Close()
    {
        using (gate.Enter())
        {
            _isClosed = true;
            return TakeSleepers();
        }
    }

    private bool TakeBaton()
    {
        bool hasBaton = _hasBaton;
        _hasBaton = false;
        return hasBaton;
    }

    private PoolWorker? TakeSleepers()
    {
        PoolWorker? sleepers = _lying;
        _lying = null;
        return sleepers;
    }
}

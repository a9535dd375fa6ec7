using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The lines of the items that are at work or have not been passed on whole, in input order, and the slots that all of them together have for
/// results.</summary>
/// <remarks>
/// <para>All of it under the block's gate, which is taken before a line's. The first line is the one whose results are passed on: it changes by who has the
/// baton.</para>
/// <para><b>Bound.</b> There are as many slots as the capacity, or as items can be at work if that is more. Ordered, a line takes one when its item is
/// claimed, more as it holds more results, up to its
/// share, and gives them back when it has been passed on; so one slow item at the head leaves room for as many short ones behind it as there are slots.
/// Unordered, one line has them all, and as
/// many are kept free of new movements as there may be movements under way.</para>
/// <para>The line at the head needs no more than its one slot to go on, so the slots that the others have taken cannot hold it up.</para>
/// </remarks>
internal sealed class LineWindow<TOut>
{
    // Lines that are kept to be used again.
    private const int MostSpare = 64;

    private readonly Queue<ResultLine<TOut>> _wanting = new();
    private readonly bool _ordered;
    private readonly long _share;
    private readonly int _mostSpare;
    private ResultLine<TOut>? _last;
    private ResultLine<TOut>? _spare;
    private int _spares;
    private long _used;

    /// <param name="gate">The block's.</param>
    /// <param name="capacity">How many results the block may hold.</param>
    /// <param name="parallelism">How many items can be at work.</param>
    /// <param name="ordered">Whether each item has its line.</param>
    public LineWindow(Gate gate, long capacity, int parallelism, bool ordered)
    {
        _ordered = ordered;
        Slots = Math.Max(capacity, parallelism);
        _share = Slots / parallelism;
        _mostSpare = Math.Min(parallelism, MostSpare);
        if (!ordered)
        {
            First = _last = new ResultLine<TOut>(gate);
            First.Open(Slots - parallelism + 1, hasBaton: true);
        }
    }

    /// <summary>How many results there can be at most.</summary>
    public long Slots { get; }

    /// <summary>The line whose results are passed on; null if there is none.</summary>
    public ResultLine<TOut>? First { get; private set; }

    /// <summary>Whether one more item may be claimed.</summary>
    public bool HasRoom => _ordered ? _used < Slots : First!.HasRoom;

    /// <summary>The line of one more item.</summary>
    public ResultLine<TOut> Add()
    {
        if (!_ordered)
        {
            return First!;
        }

        _used++;
        ResultLine<TOut> line = TakeSpare() ?? new ResultLine<TOut>(new Gate());
        line.Open(1, hasBaton: First is null); // in an empty window the baton lies where the next line will be
        if (_last is null)
        {
            First = line;
        }
        else
        {
            _last.Next = line;
        }

        _last = line;
        return line;
    }

    /// <summary>Gives a line more slots, if there are any and it has not had its share.</summary>
    public bool TryGrow(ResultLine<TOut> line, out PoolWorker? woken)
    {
        woken = null;
        if (!_ordered || Math.Min(Slots - _used, _share - line.Slots) is not (> 0 and var most))
        {
            return false;
        }

        long more = Math.Min(most, line.Slots);
        _used += more;
        woken = line.AddSlots(more);
        return true;
    }

    /// <summary>The line's worker lies down: it is told when there are slots, if it has not had its share.</summary>
    public void Want(ResultLine<TOut> line)
    {
        if (_ordered && !line.IsWanting && line.Slots < _share)
        {
            line.IsWanting = true;
            _wanting.Enqueue(line);
        }
    }

    /// <summary>Slots that a line does not need any more. Returns who is to be woken.</summary>
    public PoolWorker? Free(long slots)
    {
        _used -= slots;
        PoolWorker? woken = null;
        while (_used < Slots && _wanting.TryDequeue(out ResultLine<TOut>? line))
        {
            // It may have got by without, or be another item's by now.
            line.IsWanting = false;
            if (line.HasSleepers && TryGrow(line, out PoolWorker? worker) && worker is not null)
            {
                worker.NextAsleep = woken;
                woken = worker;
            }
        }

        return woken;
    }

    /// <summary>The first line has come to its end, and all of it was passed on. False: there is none behind it, and the baton lies where the next one will
    /// be.</summary>
    public bool MoveOn(out PoolWorker? woken)
    {
        ResultLine<TOut> passed = First!;
        First = passed.Next;
        _last = First is null ? null : _last;
        woken = Free(passed.Slots);
        if (_spares < _mostSpare)
        {
            passed.Next = _spare;
            _spare = passed;
            _spares++;
        }

        return First is not null;
    }

    /// <summary>From that line on nothing is worked on any more. Returns who is to be woken.</summary>
    public static PoolWorker? Close(ResultLine<TOut>? from)
    {
        PoolWorker? woken = null;
        for (ResultLine<TOut>? line = from; line is not null; line = line.Next)
        {
            PoolWorker? worker = line.Close();
            while (worker is not null)
            {
                PoolWorker? next = worker.NextAsleep;
                worker.NextAsleep = woken;
                woken = worker;
                worker = next;
            }
        }

        return woken;
    }

    private ResultLine<TOut>? TakeSpare()
    {
        if (_spare is { } spare)
        {
            _spare = spare.Next;
            _spares--;
            return spare;
        }

        return null;
    }
}

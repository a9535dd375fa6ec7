namespace Pipelines.Execution;

// Lines for what is claimed, and for what is put back.
internal sealed partial class SectionWindow<TIn, TOut>
{
    /// <summary>A line for so many items, which stand in an array of its own, to be filled and passed to <see cref="Add"/>.</summary>
    public SectionLine<TIn, TOut> TakeLine(int items)
    {
        SectionLine<TIn, TOut> line = _spare.TryPop(out SectionLine<TIn, TOut>? spare) ? spare : new();
        if (line.Items.Length < items)
        {
            line.Items = new TIn[Math.Max(items, Math.Min(1024, 2 * line.Items.Length))];
        }

        line.From = 0;
        return line;
    }

    /// <summary>Gives back one that was not needed.</summary>
    public void GiveBack(SectionLine<TIn, TOut> line) => _spare.Push(line);

    /// <summary>The line's items have been claimed.</summary>
    public void Add(SectionLine<TIn, TOut> line, int items)
    {
        line.To = items;
        line.Place = _claimed;
        _claimed += items;
        _used += items;
        line.Open(items);
        if (!_ordered)
        {
            return;
        }

        if (_last is null)
        {
            First = line;
            line.HasBaton = true; // in an empty window the baton lies where the next line will be
        }
        else
        {
            _last.Next = line;
        }

        _last = line;
    }

    /// <summary>The items of a line from there on are put back, as a line behind it, for anybody, with the slots that there are for them.</summary>
    public void Return(SectionLine<TIn, TOut> line, int from, long inHands)
    {
        int count = line.To - from;
        long slots = Math.Clamp(line.Slots - line.Held - inHands, 0, count);
        var rest = new SectionLine<TIn, TOut> { Items = line.Items, From = from, To = line.To, SharesItems = true, Place = line.Place + (from - line.From) };
        rest.Open(slots);
        rest.IsClosed = line.IsCut;
        line.Slots -= slots;
        line.SharesItems = true;
        line.To = from;
        if (_ordered)
        {
            rest.Next = line.Next;
            line.Next = rest;
            _last = _last == line ? rest : _last;
        }

        _returned.Enqueue(rest, rest.Place);
    }

    /// <summary>Takes the first line that was returned, or as many items of it.</summary>
    public SectionLine<TIn, TOut>? TakeReturned(int items)
    {
        if (!_returned.TryPeek(out SectionLine<TIn, TOut>? line, out _) || line.IsClosed)
        {
            return null; // what is behind a closed one is closed too
        }

        _returned.Dequeue();
        if (line.To - line.From > items)
        {
            Return(line, line.From + items, Math.Min(items, line.Slots));
        }

        return line;
    }
}

namespace Pipelines.Execution;

// Where nothing is worked on any more.
internal sealed partial class SectionWindow<TIn, TOut>
{
    /// <summary>From that line on nothing is worked on any more. Returns who is to be woken.</summary>
    public static PoolWorker? CloseFrom(SectionLine<TIn, TOut>? first)
    {
        PoolWorker? woken = null;
        for (SectionLine<TIn, TOut>? line = first; line is not null; line = line.Next)
        {
            line.IsClosed = true;
            woken = line.TakeSleeper(woken);
        }

        return woken;
    }

    /// <summary>No item is begun any more; those that were come to their ends.</summary>
    /// <param name="inHand">The lines that workers have.</param>
    public void CutAll(IEnumerable<SectionLine<TIn, TOut>> inHand)
    {
        foreach (SectionLine<TIn, TOut> line in inHand)
        {
            line.IsCut = true;
        }

        foreach ((SectionLine<TIn, TOut> line, _) in _returned.UnorderedItems)
        {
            line.IsClosed = true;
        }
    }

    /// <summary>Nothing at all is worked on any more. Returns who is to be woken.</summary>
    /// <param name="inHand">The lines that workers have.</param>
    public PoolWorker? CloseAll(IEnumerable<SectionLine<TIn, TOut>> inHand)
    {
        PoolWorker? woken = CloseFrom(First);
        foreach (SectionLine<TIn, TOut> line in _returned.UnorderedItems.Select(one => one.Element).Concat(inHand))
        {
            line.IsClosed = true;
            woken = line.TakeSleeper(woken);
        }

        return woken;
    }

    /// <summary>After everything has stopped: what was put down and not passed on, and the items that nobody has claimed again.</summary>
    public void Abandon(Action<Chunk<TOut>> results, Action<TIn> item)
    {
        for (SectionLine<TIn, TOut>? line = First; line is not null; line = line.Next)
        {
            foreach (Chunk<TOut> chunk in line.Chunks)
            {
                results(chunk);
            }
        }

        foreach (Chunk<TOut> chunk in _row)
        {
            results(chunk);
        }

        while (_returned.TryDequeue(out SectionLine<TIn, TOut>? line, out _))
        {
            foreach (TIn one in line.Items.AsSpan(line.From..line.To))
            {
                item(one);
            }
        }
    }
}

namespace Pipelines.Processes;

/// <summary>The items that one worker has in hand, in the order in which it gets them, each with its place in the stage's window.</summary>
/// <remarks>An item leaves at the front when it is answered, and at the back when it is taken back. Numbers count what was ever sent to one process.</remarks>
internal sealed class Leases<T>
{
    // Apart, so that items which are nothing but their bytes are copied many at a time.
    private T[] _items = new T[16];
    private long[] _places = new long[16];
    private int _first;

    public int Count { get; private set; }

    /// <summary>How many of them, from the first on, have been sent.</summary>
    public int Sent { get; set; }

    /// <summary>The number of the first.</summary>
    public long FirstNumber { get; set; }

    /// <summary>The next that were not sent, as many as lie one behind the other.</summary>
    public ReadOnlySpan<T> Unsent
    {
        get
        {
            int begin = At(Sent);
            return _items.AsSpan(begin, Math.Min(Count - Sent, _items.Length - begin));
        }
    }

    public Lease this[int index] => new(_places[At(index)], _items[At(index)]);

    public void Add(long place, ReadOnlySpan<T> items)
    {
        while (Count + items.Length > _items.Length)
        {
            Grow();
        }

        while (!items.IsEmpty)
        {
            int begin = At(Count);
            int fits = Math.Min(items.Length, _items.Length - begin);
            items[..fits].CopyTo(_items.AsSpan(begin));
            foreach (ref long each in _places.AsSpan(begin, fits))
            {
                each = place++;
            }

            Count += fits;
            items = items[fits..];
        }
    }

    public Lease TakeFirst()
    {
        Lease taken = this[0];
        _items[_first] = default!;
        Leave(1);
        return taken;
    }

    /// <summary>Takes the first ones, as long as their places follow each other. How many.</summary>
    /// <param name="most">So many at most, all of which have been sent.</param>
    /// <param name="place">The first one's place.</param>
    public int TakeRun(int most, out long place)
    {
        ReadOnlySpan<long> places = _places.AsSpan(_first, Math.Min(most, _places.Length - _first));
        place = places[0];
        int count = 1;
        while (count < places.Length && places[count] == place + count)
        {
            count++;
        }

        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _items.AsSpan(_first, count).Clear();
        }

        Leave(count);
        return count;
    }

    /// <summary>Takes away all from that one on, in runs of places that follow each other.</summary>
    public void TakeBack(int from, Action<long, ReadOnlySpan<T>> give)
    {
        for (int begin = from; begin < Count;)
        {
            int end = begin + 1;
            while (end < Count && _places[At(end)] == _places[At(begin)] + (end - begin))
            {
                end++;
            }

            var run = new T[end - begin];
            long place = _places[At(begin)];
            for (int i = 0; i < run.Length; i++)
            {
                ref T item = ref _items[At(begin + i)];
                run[i] = item;
                item = default!;
            }

            give(place, run);
            begin = end;
        }

        Count = Math.Min(Count, from);
        Sent = Math.Min(Sent, Count);
    }

    /// <summary>Takes away one that cannot be sent.</summary>
    public void RemoveAt(int index)
    {
        for (; index < Count - 1; index++)
        {
            (_items[At(index)], _places[At(index)]) = (_items[At(index + 1)], _places[At(index + 1)]);
        }

        _items[At(--Count)] = default!;
    }

    private int At(int index) => (_first + index) & (_items.Length - 1);

    private void Leave(int count)
    {
        _first = At(count);
        Count -= count;
        Sent -= count;
        FirstNumber += count;
    }

    private void Grow()
    {
        var items = new T[2 * _items.Length];
        long[] places = new long[items.Length];
        for (int i = 0; i < Count; i++)
        {
            (items[i], places[i]) = (_items[At(i)], _places[At(i)]);
        }

        (_items, _places, _first) = (items, places, 0);
    }

    public readonly record struct Lease(long Place, T Item);
}

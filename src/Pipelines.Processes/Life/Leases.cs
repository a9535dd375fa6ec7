namespace Pipelines.Processes;

/// <summary>The items that one worker has in hand, in the order in which it gets them, each with its place in the stage's window.</summary>
/// <remarks>An item leaves at the front when it is answered, and at the back when it is taken back. Numbers count what was ever sent to one process.</remarks>
internal sealed class Leases<T>
{
    private Lease[] _items = new Lease[16];
    private int _first;

    public int Count { get; private set; }

    /// <summary>How many of them, from the first on, have been sent.</summary>
    public int Sent { get; set; }

    /// <summary>The number of the first.</summary>
    public long FirstNumber { get; set; }

    public Lease this[int index] => _items[(_first + index) & (_items.Length - 1)];

    public void Add(long place, ReadOnlySpan<T> items)
    {
        while (Count + items.Length > _items.Length)
        {
            Grow();
        }

        foreach (T item in items)
        {
            _items[(_first + Count++) & (_items.Length - 1)] = new Lease(place++, item);
        }
    }

    public Lease TakeFirst()
    {
        ref Lease first = ref _items[_first];
        Lease taken = first;
        first = default;
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        Sent--;
        FirstNumber++;
        return taken;
    }

    /// <summary>Takes away all from that one on, in runs of places that follow each other.</summary>
    public void TakeBack(int from, Action<long, ReadOnlySpan<T>> give)
    {
        for (int begin = from; begin < Count;)
        {
            int end = begin + 1;
            while (end < Count && this[end].Place == this[begin].Place + (end - begin))
            {
                end++;
            }

            var run = new T[end - begin];
            long place = this[begin].Place;
            for (int i = 0; i < run.Length; i++)
            {
                ref Lease lease = ref _items[(_first + begin + i) & (_items.Length - 1)];
                run[i] = lease.Item;
                lease = default;
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
            _items[(_first + index) & (_items.Length - 1)] = this[index + 1];
        }

        _items[(_first + --Count) & (_items.Length - 1)] = default;
    }

    private void Grow()
    {
        var longer = new Lease[2 * _items.Length];
        for (int i = 0; i < Count; i++)
        {
            longer[i] = this[i];
        }

        (_items, _first) = (longer, 0);
    }

    public readonly record struct Lease(long Place, T Item);
}

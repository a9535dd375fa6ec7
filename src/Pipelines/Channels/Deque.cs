namespace Pipelines.Channels;

/// <summary>A queue that is taken from at both ends: a circle of slots that starts small and doubles when it is full. Not safe for several threads.</summary>
internal sealed class Deque<T>
{
    private T[] _slots = new T[4];
    private int _first;

    public int Count { get; private set; }

    public void AddLast(T item)
    {
        if (Count == _slots.Length)
        {
            var larger = new T[2 * Count];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = _slots[(_first + i) & (Count - 1)];
            }

            (_slots, _first) = (larger, 0);
        }

        _slots[(_first + Count++) & (_slots.Length - 1)] = item;
    }

    /// <summary>Takes the oldest. There must be one.</summary>
    public T TakeFirst()
    {
        T item = Take(_first);
        _first = (_first + 1) & (_slots.Length - 1);
        return item;
    }

    /// <summary>Takes the newest. There must be one.</summary>
    public T TakeLast() => Take((_first + Count - 1) & (_slots.Length - 1));

    private T Take(int slot)
    {
        Debug.Assert(Count > 0, "There is nothing to take.");
        Count--;
        T item = _slots[slot];
        _slots[slot] = default!; // what was taken must not be held
        return item;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>Items that a pool has claimed and nobody has begun: put in under the pool's gate, taken out by any worker without it.</summary>
/// <remarks>
/// <para>Vyukov's bounded queue (1024cores.net), with one producer. A slot's sequence says whose it is: <c>n</c>, the producer's, for its item number
/// <c>n</c>; <c>n + 1</c>, the taker's of that item, who hands it on as <c>n + size</c> once the item is copied. The number of items taken is moved by a
/// compare-and-swap, and
/// whoever moves it has the slot to itself. Modelled in test/Models (HandOutModel).</para>
/// <para>A worker that awaits an item of its own for each it takes would otherwise pass the gate once an item, which costs as much as all else that the pool
/// does for it.</para>
/// </remarks>
internal sealed class HandOut<T>
{
    private readonly Slot[] _slots;
    private long _added;
    private SharedCount _taken;

    public HandOut(int atLeast)
    {
        // In a queue of one, a slot that is taken would have the number of one that is full.
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, atLeast))];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i].Sequence = i;
        }
    }

    /// <summary>Whether there is something to take, for the moment. Under the gate.</summary>
    public bool HasItems => Volatile.Read(ref _taken.Value) < _added;

    /// <summary>Puts in items behind the others, as many as fit, and returns how many those are. Under the gate.</summary>
    /// <param name="items">The items.</param>
    /// <param name="place">That of the first of them.</param>
    public int Add(ReadOnlySpan<T> items, long place)
    {
        int added = 0;
        while (added < items.Length)
        {
            ref Slot slot = ref _slots[Index(_added)];
            if (Volatile.Read(ref slot.Sequence) != _added)
            {
                break;
            }

            (slot.Item, slot.Place) = (items[added], place + added);
            Volatile.Write(ref slot.Sequence, ++_added);
            added++;
        }

        return added;
    }

    /// <summary>Takes the first item. Any thread.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item, out long place)
    {
        while (true)
        {
            long next = Volatile.Read(ref _taken.Value);
            ref Slot slot = ref _slots[Index(next)];
            long sequence = Volatile.Read(ref slot.Sequence);
            if (sequence <= next)
            {
                (item, place) = (default, 0);
                return false;
            }

            // Another sequence than this: somebody else has just taken the item.
            if (sequence == next + 1 && Interlocked.CompareExchange(ref _taken.Value, next + 1, next) == next)
            {
                (item, place) = (slot.Item, slot.Place);
                if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                {
                    slot.Item = default!;
                }

                Volatile.Write(ref slot.Sequence, next + _slots.Length);
                return true;
            }
        }
    }

    private int Index(long number) => (int)number & (_slots.Length - 1);

    private struct Slot
    {
        public long Sequence;
        public long Place;
        public T Item;
    }
}

/// <summary>A count that many threads write, a cache line away from what they only read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SharedCount
{
    [FieldOffset(64)]
    public long Value;
}

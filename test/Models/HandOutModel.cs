namespace Pipelines.Models;

/// <summary>What is taken away from the hand-out; the model must find each of them.</summary>
public enum HandOutFault
{
    None,

    /// <summary>The slot is given to the takers before the item is in it.</summary>
    SequenceBeforeItem,

    /// <summary>The sequence that gives the slot to the takers is a plain store.</summary>
    PlainSequence,

    /// <summary>The number of items taken is stored and not compared: two take the same.</summary>
    TakenWithoutComparison,

    /// <summary>The slot goes back to the producer before the item is copied.</summary>
    HandedBackBeforeCopy,

    /// <summary>The sequence that gives the slot back is a plain store: the slot may be cleared after the producer has put the next item there.</summary>
    PlainHandBack,

    /// <summary>A slot goes back with the number of the item that was in it.</summary>
    HandedBackAsFull,

    /// <summary>The producer does not look whether the slot is its own.</summary>
    AddWithoutLook,

    /// <summary>A queue of one slot: when it is taken it has the number of one that is full.</summary>
    OneSlot,
}

/// <summary>src/Pipelines/Execution/HandOut.cs: one producer at a time (it has the pool's gate), several takers.</summary>
internal sealed class HandOutModel : Model
{
    private readonly HandOutFault _fault;
    private readonly int _items;
    private readonly int _takers;
    private readonly int _size;

    private readonly Place[] _sequences;
    private readonly Place[] _slots;
    private readonly Place _taken;

    // The producer's, under the gate.
    private readonly Place _added;

    // For the model: whether an item has been handed out, and how many have.
    private readonly Place[] _seen;
    private readonly Place _count;

    public HandOutModel(int items, int takers, HandOutFault fault)
    {
        (_items, _takers, _fault) = (items, takers, fault);
        _size = fault == HandOutFault.OneSlot ? 1 : 2;
        _sequences = Words("sequence", _size, static i => i);
        _slots = Words("item", _size);
        _taken = Word("taken");
        _added = Word("(added)");
        _seen = Words("(seen)", items + 1);
        _count = Word("(count)");
        Thread("producer", Add);
        for (int i = 1; i <= takers; i++)
        {
            Thread($"taker{i}", Take);
        }
    }

    public override string ToString() => $"HandOut, {_items} items, {_takers} takers{(_fault == HandOutFault.None ? "" : $", {_fault},")}";

    // Item number n is n + 1, so that it is told from an empty slot.
    private IEnumerator<Op> Add()
    {
        while (this[_added] < _items)
        {
            int added = this[_added];
            int index = added & (_size - 1);
            if (_fault != HandOutFault.AddWithoutLook)
            {
                // The code returns how many it could add, and is called again; here it waits for the slot.
                yield return Await(_sequences[index], added);
                Check(Got == added, "A slot has the number of a later item.");
            }

            if (_fault == HandOutFault.SequenceBeforeItem)
            {
                yield return Write(_sequences[index], added + 1);
                yield return WritePlain(_slots[index], added + 1);
            }
            else
            {
                yield return WritePlain(_slots[index], added + 1);
                yield return _fault == HandOutFault.PlainSequence ? WritePlain(_sequences[index], added + 1) : Write(_sequences[index], added + 1);
            }

            this[_added] = added + 1;
        }
    }

    private IEnumerator<Op> Take()
    {
        while (this[_count] < _items)
        {
            yield return Call(TryTake());
            if (Got != 0)
            {
                Check(this[_seen[Got]] == 0, $"Item {Got} was taken twice.");
                this[_seen[Got]] = 1;
                if (++this[_count] == _items)
                {
                    this[_added] = _items + 1; // lets go whoever waits
                }

                continue;
            }

            // It would go to the gate, and lie down there unless there are items; or there will be none.
            int next = this[_taken];
            if (this[_count] < _items)
            {
                yield return Await(_added, next + 1);
            }
        }
    }

    // The item, or 0.
    private IEnumerator<Op> TryTake()
    {
        while (true)
        {
            yield return Read(_taken);
            int next = Got;
            int index = next & (_size - 1);
            yield return Read(_sequences[index]);
            int sequence = Got;
            if (sequence <= next)
            {
                Return(0);
                yield break;
            }

            if (sequence != next + 1)
            {
                continue;
            }

            if (_fault == HandOutFault.TakenWithoutComparison)
            {
                yield return Exchange(_taken, next + 1);
            }
            else
            {
                yield return CompareExchange(_taken, next + 1, next);
                if (Got != next)
                {
                    continue;
                }
            }

            int handedBack = _fault == HandOutFault.HandedBackAsFull ? next + 1 : next + _size;
            if (_fault == HandOutFault.HandedBackBeforeCopy)
            {
                yield return Write(_sequences[index], handedBack);
            }

            yield return ReadPlain(_slots[index]);
            int item = Got;
            Check(item == next + 1, $"Item {next + 1} is next, and what was taken is {item}.");
            yield return WritePlain(_slots[index], 0);
            if (_fault != HandOutFault.HandedBackBeforeCopy)
            {
                yield return _fault == HandOutFault.PlainHandBack ? WritePlain(_sequences[index], handedBack) : Write(_sequences[index], handedBack);
            }

            Return(item);
            yield break;
        }
    }
}

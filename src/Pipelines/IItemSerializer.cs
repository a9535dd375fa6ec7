using System.Buffers;

namespace Pipelines;

/// <summary>Turns items into bytes and back: what carries items out of the process where they were made.</summary>
/// <remarks>
/// <b>Thread safety:</b> one object may be called by several threads at once. <b>Failure:</b> what it throws is the item's failure, under the block's error
/// policy. Whatever <see cref="Serialize"/> has written is given to <see cref="Deserialize"/> as a whole, and nothing else: no length need be written.
/// </remarks>
/// <typeparam name="T">The items.</typeparam>
public interface IItemSerializer<T>
{
    /// <summary>Writes an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="output">Where it is written to; not to be kept.</param>
    void Serialize(T item, IBufferWriter<byte> output);

    /// <summary>Reads an item.</summary>
    /// <param name="input">All that was written for it; not to be kept, for the memory is used again.</param>
    /// <returns>An item equal to the one that was written.</returns>
    T Deserialize(ReadOnlySequence<byte> input);
}

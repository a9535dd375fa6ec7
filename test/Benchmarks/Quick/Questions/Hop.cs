using System.Threading.Channels;
using Pipelines.Channels;

namespace Benchmarks.Quick.Questions;

/// <summary>What the questions about one hop between two tasks share.</summary>
internal abstract class Hop : Question
{
    public override long Expected(int items) => items * (items - 1L) / 2;

    protected static RingChannel<int> Ring() => new(Capacity);

    protected static Channel<int> InBox() =>
        Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    protected static async Task<long> BothAsync(Func<Task> write, Func<Task<long>> read)
    {
        Task writing = Task.Run(write);
        long sum = await Task.Run(read);
        await writing;
        return sum;
    }

    // Type arguments that are structs give each contender machine code, and a profile for the JIT, of its own: as in a program that
    // uses one kind of channel.
    protected readonly struct Ours;

    protected readonly struct Theirs;
}

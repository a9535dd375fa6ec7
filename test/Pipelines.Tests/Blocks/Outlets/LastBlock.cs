using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Blocks.Outlets;

/// <summary>A kind of block that may stand last before an outlet.</summary>
public abstract class LastBlock(string name, bool canFail)
{
    /// <summary>Every operator of the block contract, and those that it cannot hold because they yield another type or have several inputs.</summary>
    public static IReadOnlyList<LastBlock> All { get; } =
    [
        .. BlockCases.List.Where(block => !block.EndsEarly && block.Bounded).Select(block => Of(block.Name, block.Apply, block.CanFail)),
        Of("Batch, last", (p, _) => p.Batch(3)),
        Of("Batch by age, last", (p, _) => p.Batch(3, TimeSpan.FromHours(1))),
        Of("Window, last", (p, _) => p.Window(3)),
        Of("Buffer, dropping", (p, _) => p.Buffer(2, BoundedChannelFullMode.DropOldest)),
        Of("Merge", (p, _) => Pipeline.Merge(p, Pipeline.Range(0, 3))),
        Of("Concat", (p, _) => Pipeline.Concat(Pipeline.Range(0, 3), p, Pipeline.Range(0, 3))),
        Of("Zip", (p, _) => Pipeline.Zip(p, Pipeline.Range(0, int.MaxValue))),
        Of("Through", (p, see) => p.Through(
            new TransformBlock<int, int>(x => { see(x); return x; }, new ExecutionDataflowBlockOptions { BoundedCapacity = 3 })), canFail: true),
        Of("Through a buffer", (p, _) => p.Through(new BufferBlock<int>(new DataflowBlockOptions { BoundedCapacity = 3 }))),
        Of("Partition, straight", (p, _) => p.Partition(x => x, 2, lane => lane)),
        Of("Transform, early end", (p, see) => p.Transform<int>(async (reader, writer, token) =>
        {
            await foreach (int x in reader.ReadAllAsync(token))
            {
                see(x);
                await writer.WriteAsync(x, token);
            }

            writer.Complete();
            await Task.Delay(Timeout.Infinite, token); // the run has not ended yet, so its end is not known
        }), canFail: true),
    ];

    /// <summary>Whether its delegate can fail.</summary>
    public bool CanFail => canFail;

    internal abstract Task<Exception?> ReadAsync(Outlet outlet, OutletTrial trial);

    public override string ToString() => name;

    private static LastBlock<T> Of<T>(string name, Func<Pipeline<int>, Action<int>, Pipeline<T>> apply, bool canFail = false) => new(name, apply, canFail);
}

internal sealed class LastBlock<T>(string name, Func<Pipeline<int>, Action<int>, Pipeline<T>> apply, bool canFail) : LastBlock(name, canFail)
{
    internal override Task<Exception?> ReadAsync(Outlet outlet, OutletTrial trial) =>
        outlet.ReadAsync(source => apply(trial.Before(source), trial.InLastBlock), trial);
}

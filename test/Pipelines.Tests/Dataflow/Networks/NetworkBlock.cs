using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Dataflow.Networks;

/// <summary>One block of a random network: an in-box one, or one of ours with a random pipeline inside, which passes each item on.</summary>
internal sealed class NetworkBlock
{
    private readonly List<int> _undelivered = [];

    /// <param name="isOurs">Which of the two.</param>
    /// <param name="capacity">How much may wait in it.</param>
    /// <param name="random">Chooses the pipeline.</param>
    /// <param name="pass">Called with each item; it may throw.</param>
    /// <param name="scheduler">Where it executes.</param>
    /// <param name="token">Cancels it.</param>
    public NetworkBlock(bool isOurs, int capacity, Random random, Func<int, int> pass, TaskScheduler scheduler, CancellationToken token)
    {
        IsOurs = isOurs;
        Block = isOurs
            ? DataflowPipeline.Encapsulate(
                Body(random, capacity, pass), new() { Capacity = capacity, Scheduler = scheduler, OnUndelivered = item => Undelivered(item.Item) }, token)
            : new TransformBlock<int, int>(
                pass,
                new ExecutionDataflowBlockOptions
                {
                    BoundedCapacity = capacity,
                    // One worker takes items off its queue without a lock while a fault empties it: see docs/migrating.md.
                    MaxDegreeOfParallelism = random.Next(2, 4),
                    TaskScheduler = scheduler,
                    CancellationToken = token,
                });
        Entry = new Tap(Block);
    }

    public bool IsOurs { get; }

    public IPropagatorBlock<int, int> Block { get; }

    /// <summary>The way in.</summary>
    public Tap Entry { get; }

    /// <summary>What of ours did not get through and was handed back.</summary>
    public int[] HandedBack
    {
        get
        {
            lock (_undelivered)
            {
                return [.. _undelivered];
            }
        }
    }

    private static Func<Pipeline<int>, Pipeline<int>> Body(Random random, int capacity, Func<int, int> pass)
    {
        int parallelism = random.Next(1, 5);
        return random.Next(4) switch
        {
            0 => p => p.Select(pass),
            1 => p => p.Select(pass, new() { Parallelism = parallelism }),
            2 => p => p.Select(x => x).Buffer(capacity).Select(pass),
            _ => p => p.SelectAsync(
                async x =>
                {
                    await Task.Yield();
                    return pass(x);
                },
                new() { Parallelism = parallelism }),
        };
    }

    private void Undelivered(object? item)
    {
        lock (_undelivered)
        {
            _undelivered.Add((int)item!);
        }
    }
}

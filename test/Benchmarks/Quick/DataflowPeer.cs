using System.Threading.Tasks.Dataflow;

namespace Benchmarks.Quick;

/// <summary>What TPL Dataflow needs around the blocks of a question, done as its documentation recommends.</summary>
internal static class DataflowPeer
{
    private const int Capacity = 256;

    public static readonly DataflowLinkOptions Link = new() { PropagateCompletion = true };

    public static ExecutionDataflowBlockOptions Bounded(int parallelism = 1) =>
        new() { BoundedCapacity = Capacity, MaxDegreeOfParallelism = parallelism, SingleProducerConstrained = true };

    /// <summary>Sends the numbers from 0 on, completes the first block and waits for the last.</summary>
    public static async Task SendAsync(ITargetBlock<int> first, IDataflowBlock last, int items)
    {
        for (int i = 0; i < items; i++)
        {
            // Post is the cheap path; SendAsync costs a task and is for a full block only.
            if (!first.Post(i))
            {
                await first.SendAsync(i);
            }
        }

        first.Complete();
        await last.Completion;
    }
}

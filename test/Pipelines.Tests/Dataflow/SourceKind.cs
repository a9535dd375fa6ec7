using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Dataflow;

/// <summary>A kind of in-box source: what is linked to it gets what it is fed with.</summary>
/// <typeparam name="T">What it offers.</typeparam>
internal sealed class SourceKind<T>
{
    /// <summary>The block.</summary>
    public required ISourceBlock<T> Block { get; init; }

    /// <summary>Gives it everything, and completes it.</summary>
    public required Func<Task> FeedAsync { get; init; }

    /// <summary>What it offers, in its order.</summary>
    public required IReadOnlyList<T> Offered { get; init; }
}

/// <summary>The in-box sources, by name.</summary>
internal static class SourceKinds
{
    /// <summary>As many as fit into a link of the default capacity: a source that overwrites loses nothing then.</summary>
    public const int Count = 200;

    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };

    public static IReadOnlyList<string> Names { get; } =
    [
        "Buffer", "Broadcast", "Broadcast without a copy", "WriteOnce", "WriteOnce without a copy", "Transform", "TransformMany",
        "Batch", "Batch, not greedy", "Join", "Join, not greedy", "BatchedJoin",
    ];

    /// <summary>Whether it keeps what nobody takes; the others offer it once.</summary>
    public static bool Keeps(string name) => !name.StartsWith("Broadcast", StringComparison.Ordinal) && !name.StartsWith("WriteOnce", StringComparison.Ordinal);

    public static Task WithAsync(string name, ISourceTrial trial)
    {
        var greedy = new GroupingDataflowBlockOptions { Greedy = !name.EndsWith("not greedy", StringComparison.Ordinal) };
        return name.Split(',')[0] switch
        {
            "Buffer" => trial.RunAsync(Fed(new BufferBlock<int>(), Count)),
            "Broadcast" => trial.RunAsync(Fed(new BroadcastBlock<int>(x => x), Count)),
            "Broadcast without a copy" => trial.RunAsync(Fed(new BroadcastBlock<int>(null), Count)),
            "WriteOnce" => trial.RunAsync(Fed(new WriteOnceBlock<int>(x => x), 1)),
            "WriteOnce without a copy" => trial.RunAsync(Fed(new WriteOnceBlock<int>(null), 1)),
            "Transform" => trial.RunAsync(Fed(new TransformBlock<int, int>(x => x), Count)),
            "TransformMany" => trial.RunAsync(Fed(new TransformManyBlock<int, int>(x => [x]), Count)),
            "Batch" => trial.RunAsync(Batches(greedy)),
            "Join" => trial.RunAsync(Pairs(greedy)),
            _ => trial.RunAsync(BatchedPairs()),
        };
    }

    private static SourceKind<int> Fed(IPropagatorBlock<int, int> block, int count) => new()
    {
        Block = block,
        FeedAsync = () => FeedAsync(block, count),
        Offered = [.. Enumerable.Range(0, count)],
    };

    // Two at a time: what is not greedy takes nothing before it has enough for a batch.
    private static SourceKind<int[]> Batches(GroupingDataflowBlockOptions greedy)
    {
        var block = new BatchBlock<int>(2, greedy);
        return new()
        {
            Block = block,
            FeedAsync = async () =>
            {
                for (int i = 0; i < Count; i += 2)
                {
                    await Task.WhenAll(block.SendAsync(i), block.SendAsync(i + 1));
                }

                block.Complete();
            },
            Offered = [.. Enumerable.Range(0, Count / 2).Select(i => new[] { 2 * i, (2 * i) + 1 })],
        };
    }

    private static SourceKind<Tuple<int, int>> Pairs(GroupingDataflowBlockOptions greedy)
    {
        var block = new JoinBlock<int, int>(greedy);
        return new()
        {
            Block = block,
            FeedAsync = () => FeedAsync(block.Target1, block.Target2),
            Offered = [.. Enumerable.Range(0, Count).Select(x => Tuple.Create(x, x))],
        };
    }

    private static SourceKind<Tuple<IList<int>, IList<int>>> BatchedPairs()
    {
        var block = new BatchedJoinBlock<int, int>(2);
        return new()
        {
            Block = block,
            FeedAsync = () => FeedAsync(block.Target1, block.Target2),
            Offered = [.. Enumerable.Range(0, Count).Select(_ => Tuple.Create<IList<int>, IList<int>>([], []))],
        };
    }

    private static async Task FeedAsync(ITargetBlock<int> block, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(await block.SendAsync(i));
        }

        block.Complete();
    }

    private static async Task FeedAsync(ITargetBlock<int> left, ITargetBlock<int> right)
    {
        var first = new BufferBlock<int>();
        var second = new BufferBlock<int>();
        first.LinkTo(left, s_propagate);
        second.LinkTo(right, s_propagate);
        for (int i = 0; i < Count; i++)
        {
            first.Post(i);
            second.Post(i);
        }

        first.Complete();
        second.Complete();
        await Task.WhenAll(first.Completion, second.Completion);
    }
}

/// <summary>What is tried with a source, whatever it offers.</summary>
internal interface ISourceTrial
{
    Task RunAsync<T>(SourceKind<T> source);
}

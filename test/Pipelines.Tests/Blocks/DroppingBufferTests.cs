using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>A dropping buffer in front of a boundary is its link: there was another one of 256 items behind it, so that "the newest value" was 256 values old
/// and nothing was dropped.</summary>
public sealed class DroppingBufferTests
{
    private const int Items = 1000;

    /// <summary>What stands behind the buffer: gives each item to a function that holds the first it gets.</summary>
    private static readonly Dictionary<string, Func<Pipeline<int>, Func<int, Task<int>>, Pipeline<int>>> s_blocks = new()
    {
        ["SelectAsync"] = (p, f) => p.SelectAsync(async x => await f(x)),
        ["SelectAsync, a capacity of its own"] = (p, f) => p.SelectAsync(async x => await f(x), new() { Capacity = 64 }),
        ["SelectManyAsync"] = (p, f) => p.SelectManyAsync(x => One(f(x))),
        ["SelectMany, several at once"] = (p, f) => p.SelectManyAsync(x => One(f(x)), new() { Parallelism = 2 }),
        ["Transform"] = (p, f) => p.Transform<int>(async (reader, writer, token) =>
        {
            await foreach (int x in reader.ReadAllAsync(token))
            {
                await writer.WriteAsync(await f(x), token);
            }
        }),
        ["a pool"] = (p, f) => p.SelectAsync(async x => await f(x), new() { Parallelism = 4 }),
        ["an unordered pool"] = (p, f) => p.SelectAsync(async x => await f(x), new() { Parallelism = 4, Ordered = false }),
        ["a section"] = (p, f) => p.Parallel(s => s.SelectAsync(async x => await f(x)), new() { Parallelism = 2 }),
        ["WhereAsync"] = (p, f) => p.WhereAsync(async x => await f(x) >= 0),
    };

    public static TheoryData<string, int> All()
    {
        TheoryData<string, int> all = [];
        foreach (string block in s_blocks.Keys)
        {
            all.Add(block, 1);
            all.Add(block, 3);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task DropOldest_InFrontOfABoundary_KeepsTheNewestAndNothingElse(string block, int capacity)
    {
        var allSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int asked = 0;
        async Task<int> Hold(int item)
        {
            Interlocked.Increment(ref asked);
            await allSent.Task;
            return item;
        }

        List<object?> dropped = [];
        List<int> arrived = [];
        Pipeline pipeline = s_blocks[block](Pipeline.From(Source()).Buffer(capacity, BoundedChannelFullMode.DropOldest), Hold).ForEach(arrived.Add);
        PipelineReport report = await pipeline.RunAsync(new() { OnUndelivered = item => dropped.Add(item.Item) }).WaitAsync(TimeSpan.FromSeconds(60));
        arrived.Sort();
        int[] newest = [.. Enumerable.Range(Items - capacity, capacity)];
        Assert.Equal(newest, arrived.TakeLast(capacity));
        Assert.InRange(arrived.Count, capacity, capacity + 4); // those that were at work before all had been sent
        Assert.Equal(Items, arrived.Count + report.Blocks.Sum(one => one.Dropped));
        Assert.Equal(Items - arrived.Count, dropped.Count);
        Assert.Equal(arrived.Count, report.Blocks[^1].Out);
        Conservation.AssertHolds(report, block);

        IEnumerable<int> Source()
        {
            for (int i = 0; i < Items; i++)
            {
                yield return i;
            }

            allSent.SetResult();
        }
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.DropOldest)]
    [InlineData(BoundedChannelFullMode.DropNewest)]
    [InlineData(BoundedChannelFullMode.DropWrite)]
    public async Task Buffer_EachMode_KeepsWhatItSays(BoundedChannelFullMode mode)
    {
        var allSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> arrived = [];
        await Pipeline.From(Source())
            .Buffer(3, mode)
            .ForEachAsync(async x =>
            {
                arrived.Add(x);
                first.TrySetResult();
                await allSent.Task;
            })
            .RunAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(mode switch
        {
            BoundedChannelFullMode.DropOldest => [0, 7, 8, 9],
            BoundedChannelFullMode.DropNewest => [0, 1, 2, 9],
            _ => (int[])[0, 1, 2, 3],
        }, arrived);

        async IAsyncEnumerable<int> Source()
        {
            yield return 0;
            await first.Task;
            for (int i = 1; i < 10; i++)
            {
                yield return i;
            }

            allSent.SetResult();
        }
    }

    [Fact]
    public void Graph_InFrontOfABoundary_HasOneLinkOfTheBuffersCapacity()
    {
        PipelineGraph graph = Pipeline.Range(0, 1).Buffer(3, BoundedChannelFullMode.DropOldest).ForEachAsync(_ => Task.CompletedTask).Graph;
        Assert.Equal([(long?)3], graph.Links.Select(link => link.Capacity));
        Assert.True(graph.MaxInFlight <= 3 + 2, graph.ToString());
    }

    [Fact]
    public async Task Buffer_BehindIt_IsABufferOfItsOwn()
    {
        PipelineGraph graph = Pipeline.Range(0, 1).Buffer(2, BoundedChannelFullMode.DropOldest).Buffer(5).ForEachAsync(_ => Task.CompletedTask).Graph;
        Assert.Equal([2L, 5L, 256L], graph.Links.Select(link => link.Capacity!.Value));
        List<int> arrived = await Pipeline.Range(0, 100).Buffer(2, BoundedChannelFullMode.DropOldest).Buffer(200).ToListAsync();
        Assert.Equal(99, arrived[^1]);
    }

    [Fact]
    public async Task Abort_ItemsWait_EachIsGivenBackOnce()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<(object?, UndeliveredReason)> undelivered = [];
        PipelineRun run = Pipeline.From(Source())
            .Buffer(3, BoundedChannelFullMode.DropOldest)
            .ForEachAsync(async (x, token) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            })
            .Start(new() { OnUndelivered = item => undelivered.Add((item.Item, item.Reason)) });
        await sent.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        await run.Completion.WaitAsync(TimeSpan.FromSeconds(60));
        Conservation.AssertHolds(run.Snapshot(), "");
        Assert.Equal(Enumerable.Range(0, 10), undelivered.Select(one => (int)one.Item1!).Order());
        Assert.Equal(6, undelivered.Count(one => one.Item2 == UndeliveredReason.Dropped));

        async IAsyncEnumerable<int> Source([EnumeratorCancellation] CancellationToken token = default)
        {
            yield return 0;
            await begun.Task;
            for (int i = 1; i < 10; i++)
            {
                yield return i;
            }

            sent.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        }
    }

    private static async IAsyncEnumerable<int> One(Task<int> item)
    {
        yield return await item;
    }
}

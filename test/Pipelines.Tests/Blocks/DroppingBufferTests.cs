using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Tests.Foreign;

namespace Pipelines.Tests.Blocks;

/// <summary>A dropping buffer in front of a boundary is its link: there was another one of 256 items behind it, so that "the newest value" was 256 values old
/// and nothing was dropped.</summary>
public sealed class DroppingBufferTests
{
    private const int Items = 102;

    /// <summary>What stands behind the buffer, and how many items it has in hand at once: it gives each to a function that holds it.</summary>
    private static readonly Dictionary<string, (int Hands, Func<Pipeline<int>, Func<int, Task<int>>, Pipeline<int>> Apply)> s_blocks = new()
    {
        ["SelectAsync"] = (1, (p, f) => p.SelectAsync(async x => await f(x))),
        ["SelectAsync, a capacity of its own"] = (1, (p, f) => p.SelectAsync(async x => await f(x), new() { Capacity = 64 })),
        ["SelectManyAsync"] = (1, (p, f) => p.SelectManyAsync(x => One(f(x)))),
        ["SelectManyAsync, several at once"] = (2, (p, f) => p.SelectManyAsync(x => One(f(x)), new() { Parallelism = 2 })),
        ["Transform"] = (1, (p, f) => p.Transform<int>(async (reader, writer, token) =>
        {
            await foreach (int x in reader.ReadAllAsync(token))
            {
                await writer.WriteAsync(await f(x), token);
            }
        })),
        ["a pool"] = (4, (p, f) => p.SelectAsync(async x => await f(x), new() { Parallelism = 4 })),
        ["an unordered pool"] = (4, (p, f) => p.SelectAsync(async x => await f(x), new() { Parallelism = 4, Ordered = false })),
        ["a section"] = (2, (p, f) => p.Parallel(s => s.SelectAsync(async x => await f(x)), new() { Parallelism = 2 })),
        ["WhereAsync"] = (1, (p, f) => p.WhereAsync(async x => await f(x) >= 0)),
    };

    public static TheoryData<string, int, BoundedChannelFullMode> All()
    {
        TheoryData<string, int, BoundedChannelFullMode> all = [];
        foreach (string block in s_blocks.Keys)
        {
            foreach (int capacity in (int[])[1, 3])
            {
                all.Add(block, capacity, BoundedChannelFullMode.DropOldest);
                all.Add(block, capacity, BoundedChannelFullMode.DropNewest);
                all.Add(block, capacity, BoundedChannelFullMode.DropWrite);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Buffer_InFrontOfABoundary_KeepsWhatItsModeSaysAndNothingElse(string block, int capacity, BoundedChannelFullMode mode) =>
        Check(block, capacity, mode, atOnce: 0);

    // Who was quick takes several at a time, and hands them to others: not those that may still be dropped.
    [Theory]
    [InlineData("a pool")]
    [InlineData("an unordered pool")]
    [InlineData("a section")]
    public void DropOldest_ItemsWereQuickAndCameInBursts_NothingIsTakenAhead(string block) =>
        Check(block, capacity: 6, BoundedChannelFullMode.DropOldest, atOnce: 60);

    // On one thread, and items come when nothing else can happen any more: whatever could carry them on from the buffer has done so. Those below a number
    // come as many at a time as the buffer holds, and are done at once; so come the next.
    private static void Check(string block, int capacity, BoundedChannelFullMode mode, int atOnce) =>
        SteppedScheduler.Run(() =>
        {
            (int hands, Func<Pipeline<int>, Func<int, Task<int>>, Pipeline<int>> apply) = s_blocks[block];
            var scheduler = new SteppedScheduler(seed: capacity);
            var next = new SemaphoreSlim(0);
            var allSent = new TaskCompletionSource();
            List<object?> dropped = [];
            List<int> arrived = [];
            PipelineRun run = apply(Pipeline.From(Source()).Buffer(capacity, mode), HoldAsync).ForEach(arrived.Add)
                .Start(new() { Scheduler = scheduler, OnUndelivered = item => dropped.Add(item.Item) });
            for (int sent = 0; sent < Items;)
            {
                int burst = atOnce > 0 && sent <= atOnce ? capacity : 1;
                scheduler.StepToRest();
                next.Release(burst);
                sent += burst;
            }

            scheduler.StepToRest();
            allSent.SetResult();
            scheduler.StepToRest();

            Assert.True(run.Completion.IsCompletedSuccessfully, run.Snapshot().ToString());
            int[] kept = mode switch
            {
                BoundedChannelFullMode.DropOldest => [.. Enumerable.Range(Items - capacity, capacity)],
                BoundedChannelFullMode.DropNewest => [.. Enumerable.Range(atOnce + hands, capacity - 1), Items - 1],
                _ => [.. Enumerable.Range(atOnce + hands, capacity)],
            };
            Assert.Equal([.. Enumerable.Range(0, atOnce + hands), .. kept], arrived.Order());
            Assert.Equal(Enumerable.Range(0, Items).Except(arrived), dropped.Cast<int>().Order());
            PipelineReport report = run.Completion.Result;
            Assert.Equal(dropped.Count, report.Blocks.Sum(one => one.Dropped));
            Conservation.AssertHolds(report, block);

            async IAsyncEnumerable<int> Source()
            {
                for (int i = 0; i < Items; i++)
                {
                    await next.WaitAsync();
                    yield return i;
                }
            }

            async Task<int> HoldAsync(int item)
            {
                await (item < atOnce ? Task.CompletedTask : allSent.Task);
                return item;
            }
        });

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

using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines;
using Pipelines.Channels;
using Pipelines.Dataflow;
using Pipelines.Workers;

namespace AotApp;

/// <summary>One small pipeline a family of operators, each over a value type and a reference type, for the compiler to see every instantiation it
/// needs.</summary>
internal static class Families
{
    private static readonly PipelineOptions s_options = new() { Name = "aot", Capacity = 8 };

    public static async Task<int> RunAsync()
    {
        using var watchers = new Watchers();
        int failed = 0;
        foreach ((string family, Func<Task<(object Expected, object Actual)>> run) in All)
        {
            (object expected, object actual) = await run();
            bool holds = Equals(expected, actual);
            failed += holds ? 0 : 1;
            Console.WriteLine($"{(holds ? "ok    " : "FAILED")} {family}{(holds ? "" : $": expected {expected}, was {actual}")}");
        }

        failed += watchers.HaveSeenEverything() ? 0 : 1;
        Console.WriteLine(failed == 0 ? "ok" : $"{failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static (string Family, Func<Task<(object Expected, object Actual)>> Run)[] All =>
    [
        ("producers", async () => (10L + 10 + 10 + 10 + 10, await ProducersAsync())),
        ("fused", async () => ("4,6,8", string.Join(',', await Pipeline.Range(0, 100).Skip(1).Do(_ => { }).Where(x => x % 2 == 0).Scan(0, (_, x) => x)
            .SkipWhile(x => x < 4).TakeWhile(x => x < 9).TakeUntil(x => x == 10).DistinctBy(x => x).Take(3).ToListAsync()))),
        ("own steps", async () => ("0,2,4", string.Join(',', await Pipeline.Range(0, 3).Fuse(() => new Twofold()).Distinct().ToArrayAsync()))),
        ("options", async () => (4 + 2, await Pipeline.Range(0, 4).Where(_ => true, new() { Parallelism = 2 })
            .Do(_ => { }, new() { OnError = ErrorPolicy.Skip })
            .SelectMany(x => (string[])[$"{x}"], new() { Parallelism = 2 }).Scan(() => "", (_, x) => x).CountAsync()
            + (await ((string[])["a", "b"]).ToPipeline().Merge(Pipeline.From((string[])[])).Zip(Pipeline.Range(0, 2)).ToDictionaryAsync(pair => pair.First))
                .Count)),
        ("types", async () => ("a", await Pipeline.From<object>((object[])["a", 1]).OfType<string>().Cast<object>().Select(x => (string)x).FirstAsync())),
        ("flatten", async () => (9, await Pipeline.Range(1, 3).SelectMany(x => Enumerable.Repeat((x, $"{x}"), 3)).CountAsync())),
        ("pools", async () => (4950L, await Pipeline.Range(0, 100)
            .Select(x => (long)x, new() { Parallelism = 2 })
            .SelectAsync(async x => { await Task.Yield(); return x; }, new() { Parallelism = 3, Ordered = false, Timeout = TimeSpan.FromMinutes(1) })
            .Select(() => new Worker(), (worker, x) => worker.Work(x), new() { Parallelism = 2 })
            .WhereAsync(async _ => { await Task.Yield(); return true; })
            .AggregateAsync(0L, (sum, x) => sum + x))),
        ("sections", async () => ("0,0,2,2,4,4|10|a2", string.Join(',', await Pipeline.Range(0, 5).Parallel(
                section => section.Where(x => x % 2 == 0).SelectMany(x => (string[])[$"{x}", $"{x}"]).SelectAsync(async x => { await Task.Yield(); return x; }),
                new() { Parallelism = 2 }).ToListAsync())
            + "|" + await Pipeline.Range(0, 5).Parallel(section => section.Select(x => x), new() { Parallelism = 2 })
                .AggregateAsync(() => 0, (sum, x) => sum + x, (some, others) => some + others, sum => $"{sum}")
            + "|" + string.Join(',', (await ((string[])["a", "a"]).ToPipeline().CountByAsync(x => x, options: new() { Parallelism = 2 }))
                .Select(x => x.Key + x.Value)))),
        ("sequences", async () => (6L, await Pipeline.Range(0, 3).SelectManyAsync(x => Twice(x)).LongCountAsync())),
        ("batches", async () => (3 + 3 + 4, await Pipeline.Range(0, 9).Batch(3).CountAsync()
            + await Pipeline.Range(0, 9).Select(x => $"{x}").Batch(3, TimeSpan.FromMinutes(1)).CountAsync()
            + await Pipeline.Range(0, 4).Batch(10L, _ => 10L).CountAsync())),
        ("windows", async () => (2 + 3 + 1, await Pipeline.From((string[])["a", "b", "c"]).Window(2).CountAsync()
            + await Pipeline.Range(0, 2).Append(2).Index().CountAsync() + await Pipeline.From((string[])["b"]).Prepend("a").Pairwise().CountAsync())),
        ("buffers", async () => (10, await Pipeline.Range(0, 10).Buffer(100, BoundedChannelFullMode.DropOldest).Buffer(2).CountAsync())),
        ("branches", BranchesAsync),
        ("lanes", async () => (100, await Pipeline.Range(0, 100).Partition(x => $"{x % 7}", 3, lane => lane.Select(x => x)).CountAsync())),
        ("combined", async () => (4 + 4 + 2, await Pipeline.Merge(Pipeline.Range(0, 2), Pipeline.Range(0, 2)).CountAsync()
            + await Pipeline.Concat(Pipeline.Range(0, 2), Pipeline.Range(0, 2)).CountAsync()
            + await Pipeline.Zip(Pipeline.Range(0, 2), Pipeline.From((string[])["a", "b", "c"])).CountAsync())),
        ("in code", async () => (10, await Pipeline.Range(0, 10)
            .Transform<string>(CopyAsync).Transform((items, token) => items).Through(line => line.Where(_ => true)).CountAsync())),
        ("consumers", async () => (60L, await ConsumersAsync())),
        ("readers", async () => (20, await ReadersAsync())),
        ("bridges", async () => (30, await BridgesAsync())),
        ("worker pool", async () => ("7", await WorkerPoolAsync())),
        ("errors", ErrorsAsync),
        ("drawings", DrawingsAsync),
    ];

    private static async Task<long> ProducersAsync()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (int i = 0; i < 10; i++)
        {
            channel.Writer.TryWrite(i);
        }

        channel.Writer.Complete();
        return await Pipeline.From((List<int>)[.. Enumerable.Range(0, 10)]).LongCountAsync(s_options)
            + await Pipeline.From(Twice(1, 5)).LongCountAsync(s_options)
            + await Pipeline.From(channel.Reader).LongCountAsync(s_options)
            + await Pipeline.Range(0, 10).LongCountAsync(s_options)
            + await Pipeline.Produce<DateTime>(async (writer, token) =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await writer.WriteAsync(default, token);
                }
            }).LongCountAsync(s_options);
    }

    private static async Task<(object Expected, object Actual)> BranchesAsync()
    {
        long seen = 0;
        await Pipeline.Range(0, 10).Tee(branch => branch.ForEach(_ => Interlocked.Increment(ref seen)))
            .When(x => x < 5, branch => branch.Select(x => $"{x}").ForEach(_ => Interlocked.Add(ref seen, 100)))
            .ForEach(_ => Interlocked.Add(ref seen, 10_000)).RunAsync(s_options);
        return (50_510L, seen);
    }

    private static async Task<long> ConsumersAsync()
    {
        long seen = 0;
        var channel = Channel.CreateUnbounded<int>();
        await Pipeline.Range(0, 15).ForEach(_ => Interlocked.Increment(ref seen)).RunAsync();
        await Pipeline.Range(0, 15).ForEachAsync(async _ => { await Task.Yield(); Interlocked.Increment(ref seen); }, new() { Parallelism = 2 }).RunAsync();
        await Pipeline.Range(0, 15).To(channel.Writer).RunAsync();
        await Pipeline.From(channel.Reader).Consume(async (reader, token) =>
        {
            await foreach (int _ in reader.ReadAllAsync(token))
            {
                Interlocked.Add(ref seen, 2);
            }
        }).RunAsync();
        return seen;
    }

    private static async Task<int> ReadersAsync()
    {
        int seen = 0;
        await foreach (string _ in Pipeline.Range(0, 10).Select(x => $"{x}").ReadAllAsync())
        {
            seen++;
        }

        await foreach (int _ in Pipeline.Range(0, 10).ToChannelReader().ReadAllAsync())
        {
            seen++;
        }

        return seen;
    }

    private static async Task<int> BridgesAsync()
    {
        ISourceBlock<int> source = Pipeline.Range(0, 10).ToSourceBlock();
        int seen = await Pipeline.From(source).Through(new TransformBlock<int, string>(x => $"{x}")).CountAsync();
        IPropagatorBlock<int, string> encapsulated = DataflowPipeline.Encapsulate<int, string>(line => line.Select(x => $"{x}"));
        var count = new ActionBlock<string>(_ => Interlocked.Increment(ref seen));
        encapsulated.LinkTo(count, new DataflowLinkOptions { PropagateCompletion = true });
        await Pipeline.From(Pipeline.Range(0, 10).ToObservable()).To(encapsulated).RunAsync();
        await count.Completion;
        var target = new ActionBlock<int>(_ => Interlocked.Increment(ref seen));
        await Pipeline.Range(0, 10).To(target).RunAsync();
        await target.Completion;
        return seen;
    }

    private static async Task<string> WorkerPoolAsync()
    {
        await using WorkerPool<int, string> pool = WorkerPool.Create(
            () => new Worker(), (Worker worker, int item) => new ValueTask<string>($"{worker.Work(item)}"));
        return await pool.RunAsync(7);
    }

    private static async Task<(object Expected, object Actual)> ErrorsAsync()
    {
        List<string> letters = [];
        int passed = await Pipeline.Range(0, 10)
            .SelectAsync(x => x == 3 ? throw new InvalidDataException() : new ValueTask<int>(x), new() { OnError = ErrorPolicy.Skip })
            .Select(x => x == 4 ? throw new InvalidDataException() : x, new() { OnError = ErrorPolicy.DeadLetter(letter => letters.Add($"{letter.Item}")) })
            .CountAsync();
        try
        {
            await Pipeline.Range(0, 10).ForEach(_ => throw new InvalidDataException()).RunAsync(s_options);
        }
        catch (InvalidDataException)
        {
            letters.Add("thrown");
        }

        return ("8 4 thrown", $"{passed} {string.Join(' ', letters)}");
    }

    private static async Task<(object Expected, object Actual)> DrawingsAsync()
    {
        Pipeline pipeline = Pipeline.Range(0, 10).SelectAsync(x => new ValueTask<string>($"{x}"), new() { Parallelism = 2 }).Buffer(3).ForEach(_ => { });
        await using PipelineRun run = pipeline.Start(s_options);
        PipelineReport report = await run.StopAsync(TimeSpan.FromMinutes(1));
        string all = pipeline.Graph.ToMermaid() + pipeline.Graph.ToDot() + pipeline.Graph.ToMermaid(report) + pipeline.Graph.ToDot(report) + report;
        return (true, all.Contains("Bottleneck: ", StringComparison.Ordinal));
    }

    private static async IAsyncEnumerable<int> Twice(int item, int times = 1)
    {
        for (int i = 0; i < 2 * times; i++)
        {
            await Task.Yield();
            yield return item;
        }
    }

    private static async Task CopyAsync(ChannelReader<int> reader, ChannelWriter<string> writer, CancellationToken token)
    {
        await foreach (int item in reader.ReadAllAsync(token))
        {
            await writer.WriteAsync($"{item}", token);
        }
    }

    private sealed class Worker : IDisposable
    {
        private bool _disposed;

        public long Work(long item) => _disposed ? throw new ObjectDisposedException(nameof(Worker)) : item;

        public void Dispose() => _disposed = true;
    }

    private sealed class Twofold : IStep<int, int>
    {
        public bool TryNext(int item, out int result)
        {
            result = 2 * item;
            return true;
        }

        public bool TryFlush(out int result)
        {
            result = 0;
            return false;
        }
    }
}

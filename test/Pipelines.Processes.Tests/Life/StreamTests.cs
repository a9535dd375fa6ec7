using System.Threading.Channels;

namespace Pipelines.Processes.Tests.Life;

/// <summary>Whole blocks in one worker process: the end of a stream is a frame, and a death is never taken for one.</summary>
public sealed class StreamTests
{
    private static readonly BlockOptions s_options = new() { Workers = new ProcessWorkers { OnOutput = static _ => { } } };

    [Fact]
    public async Task Consume_AllItems_ArriveInOrder()
    {
        using var sum = new SharedNumber();
        PipelineReport report = await Pipeline.Range(0, 100_000).Select(number => new Part(number, sum))
            .Consume(Streams.SumAsync, s_options).RunAsync().Patiently();
        Assert.Equal(100_000L * 99_999 / 2, sum.Value);
        Assert.Equal(100_000, report.Blocks[^1].In);
    }

    [Fact]
    public async Task Transform_ItemsAndResults_CrossBothWays()
    {
        List<string> results = await Pipeline.Range(0, 50_000).Transform<string>(Streams.PairsAsync, s_options).ToListAsync().Patiently();
        Assert.Equal(Enumerable.Range(0, 25_000).Select(pair => $"{2 * pair}+{(2 * pair) + 1}"), results);
    }

    [Fact]
    public async Task Transform_LargeItems_ComeThrough()
    {
        byte[][] items = [.. Enumerable.Range(1, 4).Select(seed => Enumerable.Repeat((byte)seed, 1_500_000).ToArray())];
        Assert.Equal(items, await Pipeline.From(items).Transform<byte[]>(Streams.SameAsync, s_options).ToListAsync().Patiently());
    }

    [Fact]
    public async Task Transform_CodeThatHasEnough_EndsTheStream()
    {
        List<int> results = await Pipeline.From(Enumerable.Range(0, int.MaxValue)).Transform<int>(Streams.FirstAsync, s_options).ToListAsync().Patiently();
        Assert.Equal([0, 1, 2], results);
    }

    [Fact]
    public async Task Consume_CodeThrows_FailsTheRunWithThat()
    {
        WorkerException thrown = await Assert.ThrowsAsync<WorkerException>(
            () => Pipeline.From(Enumerable.Range(0, int.MaxValue)).Consume(Streams.ThrowsAsync, s_options).RunAsync().Patiently());
        Assert.Equal("enough", thrown.OriginalMessage);
    }

    [LinuxFact]
    public async Task Consume_ProcessDies_IsNoEnd()
    {
        WorkerCrashedException crash = await Assert.ThrowsAsync<WorkerCrashedException>(
            () => Pipeline.From(Enumerable.Range(0, int.MaxValue)).Consume(Streams.DiesAsync, s_options).RunAsync().Patiently());
        Assert.Equal(9, crash.Signal);
    }

    [LinuxFact]
    public async Task Transform_ProcessDiesAtTheEdgeOfAFrame_IsNoEnd()
    {
        var got = new List<int>();
        await Assert.ThrowsAsync<WorkerCrashedException>(
            () => Pipeline.Range(0, 100).Transform<int>(Streams.DiesBehindThreeAsync, s_options).ForEach(got.Add).RunAsync().Patiently());
        Assert.Equal([0, 1, 2], got);
    }

    [Fact]
    public async Task Consume_Aborted_CancelsTheToken()
    {
        var begun = new TaskCompletionSource();
        PipelineRun run = Pipeline.From(Endless()).Consume(Streams.WaitsAsync, s_options).Start();
        await begun.Task.Patiently();
        run.Abort();
        Assert.Equal(RunOutcome.Stopped, (await run.Completion.Patiently()).Outcome);

        IEnumerable<int> Endless()
        {
            for (int i = 0; ; i++)
            {
                if (i == 10_000)
                {
                    begun.TrySetResult();
                }

                yield return i;
            }
        }
    }

    [Fact]
    public void Consume_Captures_AreRefused()
    {
        int captured = 3;
        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => Pipeline.Range(0, 3).Consume(
            async (reader, token) => await reader.ReadAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(captured), token), s_options));
        Assert.Contains("captures captured", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SharedNumber_AddedToByWorkers_IsExact()
    {
        using var number = new SharedNumber(5);
        await Pipeline.Range(0, 1000).Select(_ => new Part(1, number)).Select(Streams.Add, s_options with { Parallelism = 2 })
            .ForEach(_ => { }).RunAsync().Patiently();
        Assert.Equal(1005, number.Value);
        Assert.Equal(1005, number.CompareExchange(7, 1005));
        Assert.Equal(7, number.CompareExchange(8, 6));
        Assert.Equal(4, number.Add(-3));
        number.Dispose();
        Assert.Throws<ObjectDisposedException>(() => number.Value);
    }
}

internal sealed record Part(int Number, SharedNumber Sum);

internal static class Streams
{
    public static async Task SumAsync(ChannelReader<Part> parts, CancellationToken token)
    {
        int expected = 0;
        await foreach (Part part in parts.ReadAllAsync(token))
        {
            part.Sum.Add(part.Number == expected++ ? part.Number : throw new InvalidOperationException("out of order"));
        }
    }

    public static long Add(Part part) => part.Sum.Add(part.Number);

    public static async Task PairsAsync(ChannelReader<int> numbers, ChannelWriter<string> pairs, CancellationToken token)
    {
        await foreach (int first in numbers.ReadAllAsync(token))
        {
            await pairs.WriteAsync($"{first}+{await numbers.ReadAsync(token)}", token);
        }
    }

    public static async Task SameAsync(ChannelReader<byte[]> items, ChannelWriter<byte[]> same, CancellationToken token)
    {
        await foreach (byte[] item in items.ReadAllAsync(token))
        {
            await same.WriteAsync(item, token);
        }
    }

    public static async Task FirstAsync(ChannelReader<int> numbers, ChannelWriter<int> first, CancellationToken token)
    {
        for (int i = 0; i < 3; i++)
        {
            await first.WriteAsync(await numbers.ReadAsync(token), token);
        }
    }

    public static async Task ThrowsAsync(ChannelReader<int> numbers, CancellationToken token)
    {
        await numbers.ReadAsync(token);
        throw new InvalidOperationException("enough");
    }

    public static async Task DiesAsync(ChannelReader<int> numbers, CancellationToken token)
    {
        await numbers.ReadAsync(token);
        Work.Die();
    }

    public static async Task DiesBehindThreeAsync(ChannelReader<int> numbers, ChannelWriter<int> same, CancellationToken token)
    {
        for (int i = 0; i < 3; i++)
        {
            await same.WriteAsync(await numbers.ReadAsync(token), token);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(200), token); // until they are on their way
        Work.Die();
    }

    public static Task WaitsAsync(ChannelReader<int> numbers, CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, token);
}

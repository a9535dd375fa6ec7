using System.Threading.Channels;

namespace Pipelines.Tests.Documentation.Pages;

public sealed class BackpressureTests
{
    [Fact]
    public async Task MaxInFlight_IsKnownBeforeTheRun()
    {
        string[] addresses = ["a", "b"];
        List<string> kept = [];
        // snippet: max-in-flight
        Pipeline pipeline = Pipeline
            .From(addresses)
            .SelectAsync(FetchAsync, new() { Parallelism = 8, Capacity = 32 })     // a link of 32 in front, a window of 32 behind
            .Buffer(10)
            .ForEach(Keep);

        Console.WriteLine(pipeline.Graph.MaxInFlight);                             // 77: 32 + 32, 10, and one in the hand of each of three loops
        // end
        Assert.Equal(77, pipeline.Graph.MaxInFlight);
        await pipeline.RunAsync();
        Assert.Equal(addresses, kept);

        static async Task<string> FetchAsync(string address, CancellationToken token)
        {
            await Task.Yield();
            return address;
        }

        void Keep(string page) => kept.Add(page);
    }

    [Fact]
    public async Task Parallelism_IsFoundOrSet()
    {
        string[] addresses = ["a", "b"];
        List<string> kept = [];
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // snippet: adaptive
        PipelineRun run = Pipeline
            .From(addresses)
            .SelectAsync(FetchAsync, new() { AdaptiveParallelism = new() { Minimum = 1, Maximum = 64 } })
            .ForEach(Keep)
            .Start();
        // end
        run.SetParallelism("FetchAsync", 12);
        release.SetResult();
        PipelineReport report = await Ended.ReportAsync(run);
        Assert.Equal(addresses, kept);
        Assert.Equal(12, report.Blocks[1].Parallelism);

        async Task<string> FetchAsync(string address, CancellationToken token)
        {
            await release.Task;
            return address;
        }

        void Keep(string page) => kept.Add(page);
    }

    [Fact]
    public async Task SlowBranch_MayDrop()
    {
        IEnumerable<int> prices = Enumerable.Range(0, 1000);
        List<int> stored = [];
        List<int> drawn = [];
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // snippet: drop
        PipelineReport report = await Pipeline
            .From(prices)
            .Tee(line => line
                .Buffer(1, BoundedChannelFullMode.DropOldest)                   // keeps the newest
                .ForEachAsync(DrawAsync))                                       // draws it when it can
            .ForEach(Store)                                                     // and this one gets every price
            .RunAsync();
        // end
        Assert.Equal(prices, stored);
        Assert.Equal(1000, drawn.Count + report.Blocks.Sum(block => block.Dropped));
        Assert.InRange(drawn.Count, 1, 2); // the one at work while all others came, and the newest
        Assert.Equal(999, drawn[^1]);

        async Task DrawAsync(int price)
        {
            await release.Task;
            drawn.Add(price);
        }

        void Store(int price)
        {
            stored.Add(price);
            if (price == 999)
            {
                release.SetResult();
            }
        }
    }

    [Fact]
    public async Task MaxInFlight_WhatHoldsAsMuchAsItLikes_IsNull()
    {
        Pipeline<int> source = Pipeline.Range(0, 10);

        Assert.Null(source.Transform((items, _) => items).ForEach(Keep).Graph.MaxInFlight);
        Assert.Null(source.Transform<int>((reader, writer, token) => Task.CompletedTask).ForEach(Keep).Graph.MaxInFlight);
        Assert.Null(source.Batch(maxWeight: 10, weigh: x => x).ForEach(_ => { }).Graph.MaxInFlight);
        Assert.Null(source.Buffer(int.MaxValue).ForEach(Keep).Graph.MaxInFlight);
        Assert.NotNull(source.Consume((reader, token) => Task.CompletedTask).Graph.MaxInFlight);
        Assert.NotNull(Pipeline.Produce<int>((writer, token) => Task.CompletedTask).ForEach(Keep).Graph.MaxInFlight);
        Assert.Equal(10, await source.CountAsync());

        static void Keep(int item)
        {
        }
    }
}

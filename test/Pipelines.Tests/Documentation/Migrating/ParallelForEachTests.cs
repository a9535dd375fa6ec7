using System.Collections.Concurrent;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class ParallelForEachTests
{
    private static readonly IEnumerable<string> addresses = [.. Enumerable.Range(0, 100).Select(i => $"page {i}")];
    private readonly ConcurrentBag<string> _saved = [];

    [Fact]
    public async Task ParallelForEachAsync_Before_DoesAll()
    {
        // snippet: parallel-before
        ConcurrentBag<string> pages = [];
        await Parallel.ForEachAsync(addresses, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (address, token) =>
        {
            string page = await DownloadAsync(address, token);
            pages.Add(page);                                    // in any order
            await SaveAsync(page, token);                       // eight at a time too, like it or not
        });
        // end
        Assert.Equal(100, pages.Count);
        Assert.Equal(100, _saved.Count);
    }

    [Fact]
    public async Task ParallelForEachAsync_After_DoesAllInOrder()
    {
        // snippet: parallel-after
        List<string> pages = await Pipeline
            .From(addresses)
            .SelectAsync(DownloadAsync, new() { Parallelism = 8 })
            .Tee(branch => branch.ForEachAsync(SaveAsync))
            .ToListAsync();                                     // in the order of the addresses
        // end
        Assert.Equal(addresses.Select(address => $"<{address}>"), pages);
        Assert.Equal(100, _saved.Count);
    }

    [Fact]
    public async Task ParallelForEachAsync_OnlyTheLoopAfter_DoesAll()
    {
        // snippet: parallel-loop-after
        await Pipeline
            .From(addresses)
            .ForEachAsync(SaveAsync, new() { Parallelism = 8 })
            .RunAsync();
        // end
        Assert.Equal(addresses.Order(), _saved.Order());
    }

    private static async ValueTask<string> DownloadAsync(string address, CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        return $"<{address}>";
    }

    private async ValueTask SaveAsync(string page, CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        _saved.Add(page);
    }
}

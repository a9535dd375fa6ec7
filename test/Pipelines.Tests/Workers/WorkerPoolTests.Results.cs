using System.Collections.Concurrent;
using System.Threading.Channels;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

// The stream of results.
public sealed partial class WorkerPoolTests
{
    [Fact]
    public async Task Results_Ordered_ComeAsTheyWereAdded()
    {
        var slow = new TaskCompletionSource<int>();
        await using var pool = new WorkerPool<int, int>((item, _) => item == 0 ? new(slow.Task) : new(item), new() { Parallelism = 4 });
        for (int item = 0; item < 100; item++)
        {
            await pool.AddAsync(item).InTime();
        }

        Task<WorkerPoolReport> completion = pool.CompleteAsync();
        Assert.False(pool.Results.TryRead(out _));
        slow.SetResult(0);
        Assert.Equal(Enumerable.Range(0, 100), await ReadAllAsync(pool.Results));
        Assert.Equal(100, (await completion.InTime()).Succeeded);
    }

    [Fact]
    public async Task Results_Unordered_DoNotWaitForTheSlowOne()
    {
        var slow = new TaskCompletionSource<int>();
        await using var pool = new WorkerPool<int, int>(
            (item, _) => item == 0 ? new(slow.Task) : new(item), new() { Parallelism = 4, Capacity = 256, Ordered = false });
        for (int item = 0; item < 100; item++)
        {
            Assert.True(pool.TryAdd(item));
        }

        List<int> results = [];
        for (int i = 0; i < 99; i++)
        {
            results.Add(await pool.Results.ReadAsync().InTime());
        }

        slow.SetResult(0);
        results.Add(await pool.Results.ReadAsync().InTime());
        Assert.Equal(0, results[^1]);
        Assert.Equal(Enumerable.Range(0, 100), results.Order());
    }

    [Fact]
    public async Task Results_CallsAmongTheAdded_AreNotInTheStream()
    {
        await using var pool = new WorkerPool<int, int>((item, _) => new ValueTask<int>(item));
        List<Task<int>> calls = [];
        for (int item = 0; item < 100; item++)
        {
            if (item % 2 == 0)
            {
                await pool.AddAsync(item).InTime();
            }
            else
            {
                calls.Add(pool.RunAsync(item));
            }
        }

        await pool.CompleteAsync().InTime();
        Assert.Equal(Enumerable.Range(0, 100).Where(item => item % 2 == 0), await ReadAllAsync(pool.Results));
        Assert.Equal(Enumerable.Range(0, 100).Where(item => item % 2 != 0), await Task.WhenAll(calls).InTime());
    }
}

using System.Collections.Concurrent;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

/// <summary>The pool on one thread, in an order chosen from a seed, and ended at each step of it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
public sealed class WorkerPoolInterleavingTests
{
    [Theory]
    [InlineData("complete")]
    [InlineData("stop")]
    [InlineData("stop at once")]
    [InlineData("dispose")]
    public async Task EndAtAnyStep_EachCallIsAnsweredAndNoItemLost(string ending)
    {
        for (int seed = 0; seed < 300; seed++)
        {
            await TrialAsync(seed, endsAt: seed % 40, ending);
        }
    }

    private static async Task TrialAsync(int seed, int endsAt, string ending)
    {
        const int Jobs = 12;
        string context = $"seed {seed}, {ending} at step {endsAt}";
        var scheduler = new StepScheduler(seed);
        ConcurrentQueue<Resource> resources = [];
        List<object?> undelivered = [];
        HashSet<int> died = [];
        WorkerPool<int, int> pool = WorkerPool.Create(
            () => Resource.Create(resources),
            (Resource resource, int item) => resource.UseAsync(async () =>
            {
                if (item % 3 != 0)
                {
                    await Task.Yield();
                }

                return item % 4 == 1 && died.Add(item) ? throw new WorkerFaultedException() : item;
            }),
            new() { Parallelism = 3, Capacity = Jobs, Ordered = seed % 2 == 0, Scheduler = scheduler, OnUndelivered = undelivered.Add });

        List<Task<int>> calls = [];
        for (int item = 0; item < Jobs; item += 2)
        {
            calls.Add(pool.RunAsync(item));
            Assert.True(pool.TryAdd(item + 1));
        }

        while (scheduler.Steps < endsAt && scheduler.Step())
        {
        }

        Task end = ending switch
        {
            "complete" => pool.CompleteAsync(),
            "stop" => pool.StopAsync(Timeout.InfiniteTimeSpan),
            "stop at once" => pool.StopAsync(TimeSpan.Zero),
            _ => pool.DisposeAsync().AsTask(),
        };
        while (scheduler.Step())
        {
        }

        await end.InTime();
        List<int> results = [];
        while (pool.Results.TryRead(out int result))
        {
            results.Add(result);
        }

        int answered = 0;
        foreach (Task<int> call in calls)
        {
            Exception? error = await Record.ExceptionAsync(() => call.InTime());
            answered += error is null ? 1 : 0;
            Assert.True(error is null or OperationCanceledException or ObjectDisposedException, $"{error} {context}");
        }

        WorkerPoolReport report = pool.Snapshot();
        context += $"\n{report}";
        Assert.True(results.Concat(undelivered.Cast<int>()).Order().SequenceEqual(Enumerable.Range(0, Jobs).Where(item => item % 2 == 1)), context);
        Assert.True(report.Accepted == Jobs && report.Succeeded == answered + results.Count + report.Undelivered, context);
        Assert.True(report is { Waiting: 0, Running: 0, Failed: 0 } && report.Cancelled == Jobs - report.Succeeded, context);
        Assert.True(ending is "stop at once" or "dispose" || report.Succeeded == Jobs, context);
        Assert.All(resources, resource => Assert.Equal(1, resource.Disposals));
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

/// <summary>Callers, additions, cancellations, faults and one ending, all at once: each job ends in exactly one way, and the sums say so.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
public sealed class WorkerPoolStressTests
{
    [Fact]
    public Task EverythingAtOnce_EachJobEndsInExactlyOneWay() => Stress.ForSomeTimeAsync(TrialAsync);

    private static async Task TrialAsync(int seed)
    {
        var random = new Random(seed);
        ConcurrentQueue<Resource> resources = [];
        ConcurrentQueue<object?> undelivered = [];
        ConcurrentQueue<int> skipped = [];
        int jobs = random.Next(1, 200);
        int faulty = random.Next(3, 20);
        string ending = ((string[])["complete", "stop", "stop at once", "dispose"])[random.Next(4)];
        int endsAt = random.Next(jobs + 1);
        var options = new WorkerPoolOptions
        {
            Parallelism = random.Next(1, 5),
            Capacity = random.Next(1, 9),
            Ordered = random.Next(2) == 0,
            Attempts = 2,
            OnUndelivered = undelivered.Enqueue,
            OnError = random.Next(2) == 0 ? ErrorPolicy.Stop : ErrorPolicy.DeadLetter(letter => skipped.Enqueue((int)letter.Item!)),
        };
        string context =
            $"seed {seed}, {jobs} jobs, {ending} at {endsAt}, {options.Parallelism} workers, capacity {options.Capacity}, ordered {options.Ordered}";
        WorkerPool<int, int> pool = WorkerPool.Create(
            () => Resource.Create(resources),
            (Resource resource, int item, CancellationToken token) => resource.UseAsync(() => WorkAsync(resource, item, token)), options);

        Task<List<int>> reading = ReadAsync(pool.Results);
        using var impatience = new CancellationTokenSource();
        List<Task<int?>> calls = [];
        List<int> added = [];
        int failedCalls = 0;
        Task? end = null;
        for (int item = 0; item <= jobs; item++)
        {
            if (item == endsAt)
            {
                end = EndAsync();
            }

            switch (random.Next(4))
            {
                case 0 when pool.TryAdd(item):
                    added.Add(item);
                    break;
                case 1:
                    calls.Add(CallAsync(item, impatience.Token));
                    break;
                case 2:
                    calls.Add(CallAsync(item, CancellationToken.None));
                    break;
                case 3 when await AddAsync(item):
                    added.Add(item);
                    break;
            }

            if (random.Next(jobs) == 0)
            {
                await impatience.CancelAsync();
            }
        }

        int?[] answers = await Task.WhenAll(calls).InTime();
        await end!.InTime();
        List<int> results = await reading.InTime();
        await pool.DisposeAsync().InTime();
        int[] thrown = await Record.ExceptionAsync(() => pool.Completion) is { } failure
            ? [int.Parse($"{PipelineReport.Of(failure)!.Failure!.Item}", CultureInfo.InvariantCulture)]
            : [];

        WorkerPoolReport report = pool.Snapshot();
        context += $"\n{report}";
        Assert.True(report is { Waiting: 0, Running: 0 }, context);
        Assert.True(report.Accepted == report.Succeeded + report.Failed + report.Cancelled, context);
        int[] accounted = [.. results, .. undelivered.Cast<int>()];
        Assert.True(accounted.Distinct().Count() == accounted.Length && !accounted.Except(added).Any(), $"An added item came twice. {context}");
        int[] failed = [.. skipped, .. report.LaterFailures.Select(failure => (int)failure.Item!), .. thrown];
        Assert.True(added.Except(accounted).Order().SequenceEqual(failed.Order()), $"An added item was lost. {context}");
        Assert.True(failed.Length <= report.Failed - failedCalls, context);
        Assert.True(!options.Ordered || results.SequenceEqual(results.Order()), $"The order was lost. {context}");
        Assert.True(answers.Count(answer => answer is not null) == report.Succeeded - results.Count - report.Undelivered, context);
        Assert.True(resources.All(resource => resource.Disposals == 1), $"A resource was not disposed once. {context}");
        Assert.True(resources.Count == report.WorkersCreated, context);

        async Task<int> WorkAsync(Resource resource, int item, CancellationToken token)
        {
            if (item % 3 != 0)
            {
                await Task.Yield();
            }

            token.ThrowIfCancellationRequested();
            if (item % faulty == 0 && resources.Count(other => other.IsDead) < jobs / faulty)
            {
                resource.IsDead = true;
                throw new WorkerFaultedException();
            }

            return item;
        }

        async Task<int?> CallAsync(int item, CancellationToken token)
        {
            try
            {
                int answer = await pool.RunAsync(item, token);
                Assert.Equal(item, answer);
                return answer;
            }
            catch (WorkerFaultedException)
            {
                Interlocked.Increment(ref failedCalls);
                return null;
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or ChannelClosedException)
            {
                return null;
            }
        }

        async Task<bool> AddAsync(int item)
        {
            try
            {
                await pool.AddAsync(item).InTime();
                return true;
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or ChannelClosedException)
            {
                return false;
            }
        }

        async Task EndAsync()
        {
            try
            {
                switch (ending)
                {
                    case "complete":
                        await pool.CompleteAsync();
                        break;
                    case "stop":
                        await pool.StopAsync(Timeout.InfiniteTimeSpan);
                        break;
                    case "stop at once":
                        await pool.StopAsync(TimeSpan.Zero);
                        break;
                    default:
                        await pool.DisposeAsync();
                        break;
                }
            }
            catch (WorkerFaultedException)
            {
                // An added item whose worker faulted at each attempt: it ends the pool.
            }
        }
    }

    private static async Task<List<int>> ReadAsync(ChannelReader<int> reader)
    {
        List<int> results = [];
        try
        {
            await foreach (int result in reader.ReadAllAsync())
            {
                results.Add(result);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WorkerFaultedException)
        {
            // The pool was stopped, or ended by an added item that failed.
        }

        return results;
    }
}

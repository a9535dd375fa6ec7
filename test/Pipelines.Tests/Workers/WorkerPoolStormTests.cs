using System.Collections.Concurrent;
using System.Threading.Channels;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

/// <summary>The cancellation storm over a pool: an addition that was cancelled has not been done, one that succeeded has its result, and a call answers
/// once.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
public sealed class WorkerPoolStormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task AddAsync_InTheStorm_LosesNothingAndDeliversNothingCancelled(int capacity) =>
        await Stress.ForSomeTimeAsync(async seed =>
        {
            await using var pool = new WorkerPool<int, int>(
                (item, _) => new ValueTask<int>(item), new() { Parallelism = 1 + (seed & 1), Capacity = capacity });
            var channel = new PoolChannel(pool);
            StormTally tally = await new CancellationStorm(channel, 20_000, seed).RunAsync();
            Assert.True(tally.IsClean, $"Seed {seed}: {tally}.");
            await channel.Reader.Completion.InTime();
            WorkerPoolReport report = await pool.Completion.InTime();
            Assert.Equal(tally.Accepted, report.Succeeded);
        });

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    [InlineData(10, 10)]
    public async Task Crowd_InTheStorm_LosesNothingAndDeliversNothingCancelled(int writers, int readers) =>
        await Stress.ForSomeTimeAsync(async seed =>
        {
            await using var pool = new WorkerPool<int, int>(
                (item, _) => new ValueTask<int>(item), new() { Parallelism = 1 + (seed & 1), Capacity = new Random(seed).Next(1, 6) });
            string? fault = await new CrowdStorm(new PoolChannel(pool), writers, readers, items: 1_000, seed).RunAsync();
            Assert.True(fault is null, $"Seed {seed}: {fault}");
        });

    // A call may be cancelled in the middle of its work; but what was cancelled before it was begun is not begun, and every other has its own answer.
    [Fact]
    public async Task RunAsync_InTheStorm_AnswersEachCallOnce() =>
        await Stress.ForSomeTimeAsync(async seed =>
        {
            var begun = new ConcurrentDictionary<int, int>();
            await using var pool = new WorkerPool<int, int>(
                (item, _) =>
                {
                    begun.AddOrUpdate(item, 1, (_, times) => times + 1);
                    return new(item);
                },
                new() { Parallelism = 2, Capacity = 2 });
            int answered = 0, cancelled = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
            {
                var random = new Random(seed + caller);
                for (int i = 0; i < 500; i++)
                {
                    int item = caller * 500 + i;
                    using var source = new CancellationTokenSource();
                    if (random.Next(2) == 0)
                    {
                        ThreadPool.UnsafeQueueUserWorkItem(static source => Record.Exception(source.Cancel), source, preferLocal: random.Next(2) == 0);
                    }

                    try
                    {
                        Assert.Equal(item, await pool.RunAsync(item, source.Token));
                        Interlocked.Increment(ref answered);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                }
            }))).InTime();

            WorkerPoolReport report = await pool.CompleteAsync().InTime();
            Assert.All(begun, one => Assert.Equal(1, one.Value));
            Assert.InRange(begun.Count, answered, answered + cancelled);
            Assert.Equal(8 * 500, answered + cancelled);
            Assert.True(report.Succeeded >= answered, $"Seed {seed}: {report}");
        });

    private sealed class PoolChannel : Channel<int>
    {
        public PoolChannel(WorkerPool<int, int> pool)
        {
            Reader = pool.Results;
            Writer = new Adder(pool);
        }

        // A pool has no wait for room of its own: the storm's WaitToWriteAsync is an attempt, and waits in its own way.
        private sealed class Adder(WorkerPool<int, int> pool) : ChannelWriter<int>
        {
            public override bool TryWrite(int item) => pool.TryAdd(item);

            public override ValueTask WriteAsync(int item, CancellationToken cancellationToken = default) => pool.AddAsync(item, cancellationToken);

            public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
                cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken) : new(true);

            public override bool TryComplete(Exception? error = null)
            {
                pool.CompleteAsync();
                return true;
            }
        }
    }
}

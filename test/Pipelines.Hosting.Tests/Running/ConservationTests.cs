using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting.Tests.Running;

/// <summary>Whatever is accepted is saved or reported, once: under many writers, faults, restarts, pauses and a stop at a random moment.</summary>
public sealed class ConservationTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("PIPELINES_STRESS_SECONDS") ?? "2", System.Globalization.CultureInfo.InvariantCulture));

    private static readonly int s_seed = int.Parse(
        Environment.GetEnvironmentVariable("PIPELINES_SEED") ?? Random.Shared.Next().ToString(System.Globalization.CultureInfo.InvariantCulture),
        System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AcceptedItems_AreSavedOrReported(bool redelivers)
    {
        long end = Environment.TickCount64 + (long)s_time.TotalMilliseconds;
        for (int seed = s_seed; seed == s_seed || Environment.TickCount64 < end; seed++)
        {
            try
            {
                await TryAsync(new Random(seed), redelivers);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"PIPELINES_SEED={seed}: {error.Message}", error);
            }
        }
    }

    private static async Task TryAsync(Random random, bool redelivers)
    {
        List<int> saved = [], lost = [];
        int faults = random.Next(0, 6), capacity = random.Next(1, 300), writers = random.Next(1, 5);
        int parallelism = random.Next(1, 5), links = random.Next(1, 64);
        int drain = random.Next(0, 3) switch { 0 => 0, 1 => 5, _ => 20_000 };
        int stopAfter = random.Next(0, 3000);
        int calls = 0;
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            PipelineBuilder<Order> builder = services
                .AddPipeline<Order>("orders", (_, input) => input
                    .SelectAsync(PriceAsync, new() { Parallelism = parallelism, Capacity = links })
                    .Batch(7)
                    .ForEachAsync(SaveAsync))
                .WithInbox(capacity)
                .DrainOnStop(TimeSpan.FromMilliseconds(drain))
                .RestartOnFailure(new() { Initial = TimeSpan.Zero })
                .OnLost(item =>
                {
                    lock (lost)
                    {
                        lost.AddRange(OrdersIn(item.Item).Select(order => order.Number));
                    }
                });
            if (redelivers)
            {
                builder.Redeliver(item => OrdersIn(item.Item));
            }
        });

        var full = TestTime.Signal();
        PipelineInbox<Order> inbox = host.Inbox<Order>();
        int[] seeds = [.. Enumerable.Range(0, writers).Select(_ => random.Next())];
        Task<List<int>>[] adding = [.. seeds.Select((seed, writer) => Task.Run(() => AddAsync(inbox, writer * 1_000_000, seed, full, stopAfter)))];
        await full.Task.InTime();
        await host.StopAsync();
        int[] accepted = [.. (await Task.WhenAll(adding).InTime()).SelectMany(one => one).Order()];
        IPipelineHost pipeline = host.Pipeline("orders");

        Assert.Equal(accepted.Length, pipeline.Inbox!.Accepted);
        if (redelivers)
        {
            Assert.Equal(accepted, saved.Concat(lost).Distinct().Order());
        }
        else
        {
            Assert.Equal(accepted, saved.Concat(lost).Order());
        }

        async Task<Priced> PriceAsync(Order order)
        {
            if (Interlocked.Increment(ref calls) % 500 == 0 && Interlocked.Decrement(ref faults) >= 0)
            {
                throw new InvalidDataException("price");
            }

            if (order.Number % 3 == 0)
            {
                await Task.Yield();
            }

            return new(order, 1);
        }

        async Task SaveAsync(Priced[] batch)
        {
            if (Interlocked.Increment(ref calls) % 300 == 0 && Interlocked.Decrement(ref faults) >= 0)
            {
                throw new InvalidDataException("save");
            }

            await Task.Yield();
            saved.AddRange(batch.Select(priced => priced.Order.Number));
        }
    }

    private static async Task<List<int>> AddAsync(PipelineInbox<Order> inbox, int first, int seed, TaskCompletionSource full, int enough)
    {
        var random = new Random(seed);
        List<int> accepted = [];
        for (int number = first; ; number++)
        {
            if (number - first == enough)
            {
                full.TrySetResult();
            }

            try
            {
                if (random.Next(4) > 0 && inbox.TryAdd(new(number)))
                {
                    accepted.Add(number);
                }
                else
                {
                    await inbox.AddAsync(new(number));
                    accepted.Add(number);
                }
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
                full.TrySetResult();
                return accepted;
            }
        }
    }

    private static IEnumerable<Order> OrdersIn(object? item) => item switch
    {
        Order order => [order],
        Priced priced => [priced.Order],
        Priced[] batch => batch.Select(priced => priced.Order),
        _ => throw new InvalidOperationException($"Nobody knows what orders are in a {item?.GetType()}."),
    };
}

namespace Pipelines.Tests.Documentation.Pages;

public sealed class OrderingTests
{
    private sealed record Event(int Customer, int Number);

    [Fact]
    public async Task Pool_KeepsOrder()
    {
        // snippet: ordered
        List<int> results = await Pipeline
            .Range(0, 1000)
            .SelectAsync(DelayAsync, new() { Parallelism = 4, Capacity = 256 })      // item 0 takes long, the others do not
            .ToListAsync();                                                          // 0, 1, 2, ... all the same
        // end
        Assert.Equal(Enumerable.Range(0, 1000), results);

        static async Task<int> DelayAsync(int item)
        {
            for (int i = 0; i < (item == 0 ? 100 : 1); i++)
            {
                await Task.Yield();
            }

            return item;
        }
    }

    [Fact]
    public async Task Section_KeepsOrder()
    {
        // snippet: section
        List<int> arrived = [];
        await Pipeline
            .Range(0, 1000)
            .Parallel(
                numbers => numbers                                                   // each of four workers does all of this
                    .SelectAsync(LoadAsync)
                    .SelectMany(number => new[] { number, -number })
                    .Where(number => number % 3 != 0),
                new() { Parallelism = 4 })
            .ForEach(arrived.Add)                                                    // one at a time, in order
            .RunAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 1000).Where(number => number % 3 != 0).SelectMany(number => new[] { number, -number }), arrived);

        // snippet: section-counts
        Dictionary<int, int> counts = await Pipeline
            .Range(0, 1000)
            .Parallel(numbers => numbers.SelectAsync(LoadAsync).Where(number => number > 0), new() { Parallelism = 4 })
            .CountByAsync(number => number % 10);
        // end
        Assert.Equal(100, counts[1]);

        static async Task<int> LoadAsync(int number)
        {
            await Task.Yield();
            return number;
        }
    }

    [Fact]
    public async Task Failure_LeavesACompletePrefix()
    {
        // snippet: prefix
        List<int> arrived = [];
        Pipeline pipeline = Pipeline
            .Range(0, 1000)
            .SelectAsync(FailAt500Async, new() { Parallelism = 8 })
            .ForEach(arrived.Add);                                                   // fused: no link between the two

        await Assert.ThrowsAsync<InvalidDataException>(() => pipeline.RunAsync());
        Assert.Equal(Enumerable.Range(0, 500), arrived);                             // every one of them, and nothing else
        // end

        static async Task<int> FailAt500Async(int item)
        {
            await Task.Yield();
            return item == 500 ? throw new InvalidDataException() : item;
        }
    }

    [Fact]
    public async Task Failure_ThatDrains_DeliversAllBeforeIt()
    {
        // snippet: drain
        List<int[]> stored = [];
        Pipeline pipeline = Pipeline
            .Range(0, 1000)
            .SelectAsync(FailAt500Async, new() { Parallelism = 8 })
            .Batch(64)
            .ForEachAsync(StoreAsync);                                               // behind a link

        var options = new PipelineOptions { WhenFailed = FailureMode.Drain(timeout: TimeSpan.FromSeconds(30)) };
        await Assert.ThrowsAsync<InvalidDataException>(() => pipeline.RunAsync(options));
        Assert.Equal(Enumerable.Range(0, 500), stored.SelectMany(batch => batch));   // the last batch has 52
        // end
        Assert.Equal(52, stored[^1].Length);

        static async Task<int> FailAt500Async(int item)
        {
            await Task.Yield();
            return item == 500 ? throw new InvalidDataException() : item;
        }

        async ValueTask StoreAsync(int[] batch)
        {
            await Task.Yield();
            stored.Add(batch);
        }
    }

    [Fact]
    public async Task Partition_KeepsOrderForEachKey()
    {
        Event[] events = [.. Enumerable.Range(0, 1000).Select(i => new Event(i % 30, i))];
        List<Event> recorded = [];
        // snippet: partition
        await Pipeline
            .From(events)
            .Partition(e => e.Customer, lanes: 8, lane => lane.SelectAsync(ApplyAsync))   // one at a time for each customer
            .ForEach(Record)
            .RunAsync();
        // end
        Assert.Equal(1000, recorded.Count);
        Assert.All(recorded.GroupBy(e => e.Customer), customer => Assert.Equal(customer.Select(e => e.Number).Order(), customer.Select(e => e.Number)));

        static async Task<Event> ApplyAsync(Event item)
        {
            await Task.Yield();
            return item;
        }

        void Record(Event item) => recorded.Add(item);
    }
}

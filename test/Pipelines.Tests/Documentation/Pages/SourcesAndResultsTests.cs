using System.Threading.Channels;

namespace Pipelines.Tests.Documentation.Pages;

public sealed class SourcesAndResultsTests
{
    private sealed record Customer(string Id, string Town)
    {
        public static Customer Parse(string line) => line.Split(';') is [var id, var town] ? new(id, town) : throw new FormatException(line);
    }

    [Fact]
    public async Task ToPipeline_ToDictionary()
    {
        string[] lines = ["1;Ulm", "2;Bonn", "1;Ulm"];
        // snippet: dictionary
        Dictionary<string, Customer> customers = await lines
            .ToPipeline(new() { Name = "customers.csv" })
            .Select(Customer.Parse, new() { Parallelism = 4 })
            .Distinct()                                                     // remembers every customer until the run ends
            .ToDictionaryAsync(customer => customer.Id);                    // another customer of the same number fails on that item
        // end
        Assert.Equal(["1", "2"], customers.Keys.Order());
        await Assert.ThrowsAsync<ArgumentException>(() => Pipeline.From(["1;Ulm", "1;Bonn"]).Select(Customer.Parse).ToDictionaryAsync(customer => customer.Id));
    }

    [Fact]
    public async Task Scan_MakesItsStateAnew()
    {
        string[] words = ["to", "be", "or", "not", "to", "be"];
        // snippet: scan
        Pipeline<int> growth = words
            .ToPipeline()
            .Scan(() => new HashSet<string>(), (seen, word) =>              // a set of its own for each run
            {
                seen.Add(word);
                return seen;
            })
            .Select(seen => seen.Count);

        int[] first = await growth.ToArrayAsync();
        int[] second = await growth.ToArrayAsync();                         // the same
        // end
        Assert.Equal([1, 2, 3, 4, 4, 4], first);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Foreach_IsARun()
    {
        Pipeline<int> orders = Pipeline.Range(0, int.MaxValue);
        int stored = 0;
        CancellationToken token = CancellationToken.None;
        // snippet: foreach
        await foreach (int order in orders.SelectAsync(PriceAsync, new() { Parallelism = 8 }))
        {
            if (!TryStore(order))
            {
                break;                                                      // aborts the run, and waits until nothing of it executes
            }
        }
        // end
        Assert.Equal(10, stored);
        stored = 0;
        // snippet: read-all
        PipelineOptions options = new() { Name = "prices", Capacity = 16 };
        await foreach (int order in orders.ReadAllAsync(options, token))
        {
            if (!TryStore(order))
            {
                break;
            }
        }
        // end
        Assert.Equal(10, stored);

        static async Task<int> PriceAsync(int order)
        {
            await Task.Yield();
            return order;
        }

        bool TryStore(int order) => ++stored < 10;
    }

    [Fact]
    public async Task ProducerOptions_SayWhatMayWait()
    {
        var ticks = new Ticks();
        Channel<int> inbox = Channel.CreateBounded<int>(8);
        // snippet: producer-options
        Pipeline<int> source = Pipeline.Merge(
            Pipeline.From(ticks, new() { Name = "ticks", Capacity = 100, WhenFull = ObservableOverflow.DropOldest }),
            Pipeline.From(inbox.Reader, new() { Name = "inbox" }),
            Pipeline.Produce<int>(ReadSocketAsync, new() { Name = "socket", Capacity = 16 }));
        // end
        inbox.Writer.TryWrite(1);
        inbox.Writer.Complete();
        Assert.Equal([0, 1, 2], (await source.ToListAsync()).Order());
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Pipeline.From([1], new() { Capacity = 3 }));
        Assert.Contains("Capacity means nothing for From", refused.Message, StringComparison.Ordinal);

        static async Task ReadSocketAsync(ChannelWriter<int> writer, CancellationToken token) => await writer.WriteAsync(2, token);
    }

    private sealed class Ticks : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            observer.OnNext(0);
            observer.OnCompleted();
            return new MemoryStream();
        }
    }
}

using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class JoinBlockTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 100)];
    private static readonly List<string> invoices = [.. Enumerable.Range(0, 100).Select(i => $"invoice {i}")];
    private static readonly List<string> labels = [.. Enumerable.Range(0, 100).Select(i => $"label {i}")];
    private readonly List<string> _seen = [];

    [Fact]
    public async Task JoinBlock_Before_Pairs()
    {
        // snippet: join-before
        var join = new JoinBlock<int, string>();
        var match = new ActionBlock<Tuple<int, string>>(pair => Match(pair.Item1, pair.Item2));
        join.LinkTo(match, new() { PropagateCompletion = true });
        orders.ForEach(order => join.Target1.Post(order));
        invoices.ForEach(invoice => join.Target2.Post(invoice));

        join.Complete();
        await match.Completion;
        // end
        Assert.Equal(orders.Select(i => $"{i}: invoice {i}"), _seen);
    }

    [Fact]
    public async Task JoinBlock_After_Pairs()
    {
        // snippet: join-after
        await Pipeline
            .Zip(Pipeline.From(orders), Pipeline.From(invoices))
            .ForEach(pair => Match(pair.First, pair.Second))
            .RunAsync();
        // end
        Assert.Equal(orders.Select(i => $"{i}: invoice {i}"), _seen);
    }

    [Fact]
    public async Task JoinBlock_OfThreeAfter_Joins()
    {
        // snippet: join-three-after
        List<(int Order, string Invoice, string Label)> parcels = await Pipeline
            .Zip(Pipeline.Zip(Pipeline.From(orders), Pipeline.From(invoices)), Pipeline.From(labels))
            .Select(all => (all.First.First, all.First.Second, all.Second))
            .ToListAsync();
        // end
        Assert.Equal(orders.Select(i => (i, $"invoice {i}", $"label {i}")), parcels);
    }

    [Fact]
    public async Task JoinBlock_OneSideIsShorter_CountsTheRestWhereTheBlockIsSilent()
    {
        int undelivered = 0;
        await using PipelineRun run = Pipeline
            .Zip(Pipeline.From(orders), Pipeline.From(invoices).Take(3))
            .ForEach(pair => Match(pair.First, pair.Second))
            .Start(new() { OnUndelivered = item => undelivered += item.Item is int ? 1 : 0 });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(3, _seen.Count);
        Assert.Equal(report.Blocks[0].Out - 3, undelivered);

        var join = new JoinBlock<int, string>();
        join.Target1.Post(1);
        join.Complete();
        await join.Completion; // without a word about the order that had no invoice
    }

    [Fact]
    public async Task BatchedJoinBlock_Before_GathersBoth()
    {
        // snippet: batched-join-before
        var join = new BatchedJoinBlock<int, string>(50);
        var report = new ActionBlock<Tuple<IList<int>, IList<string>>>(batch => Report(batch.Item1, batch.Item2));
        join.LinkTo(report, new() { PropagateCompletion = true });
        orders.ForEach(order => join.Target1.Post(order));
        labels.ForEach(label => join.Target2.Post(label));

        join.Complete();
        await report.Completion;
        // end
        Assert.Equal(200, _seen.Count);
    }

    [Fact]
    public async Task BatchedJoinBlock_After_GathersBoth()
    {
        // snippet: batched-join-after
        await Pipeline
            .Merge(Pipeline.From(orders).Select(order => (object)order), Pipeline.From(labels).Cast<object>())
            .Batch(50)
            .ForEach(batch => Report([.. batch.OfType<int>()], [.. batch.OfType<string>()]))
            .RunAsync();
        // end
        Assert.Equal(200, _seen.Count);
    }

    [Fact]
    public async Task BatchedJoinBlock_OfResultsAndErrorsAfter_TellsThemApart()
    {
        // snippet: results-and-errors-after
        List<DeadLetter> failed = [];
        List<int> checkedOrders = await Pipeline
            .From(orders)
            .Select(Check, new() { Parallelism = 4, OnError = ErrorPolicy.DeadLetter(failed.Add) })
            .ToListAsync();
        // end
        Assert.Equal(orders.Where(order => order % 10 != 7), checkedOrders);
        Assert.Equal(orders.Where(order => order % 10 == 7), failed.Select(letter => (int)letter.Item!).Order());
    }

    private static int Check(int order) => order % 10 == 7 ? throw new InvalidDataException() : order;

    private void Match(int order, string invoice) => _seen.Add($"{order}: {invoice}");

    private void Report(IList<int> numbers, IList<string> texts)
    {
        Assert.InRange(numbers.Count + texts.Count, 1, 50);
        _seen.AddRange(numbers.Select(number => $"{number}"));
        _seen.AddRange(texts);
    }
}

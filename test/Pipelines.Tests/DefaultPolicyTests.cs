using System.Threading.Channels;

namespace Pipelines.Tests;

/// <summary>The run's own error policy is the default of its blocks; and the policies where a block has no options for one item alone.</summary>
public sealed class DefaultPolicyTests
{
    private static readonly PipelineOptions s_lenient = new() { OnError = ErrorPolicy.Skip };

    [Fact]
    public async Task RunsPolicy_IsTheDefaultOfEveryBlock()
    {
        List<DeadLetter> letters = [];
        var options = new PipelineOptions { OnError = ErrorPolicy.DeadLetter(letters.Add) };
        PipelineReport report = await Pipeline.Range(0, 6)
            .Select(x => Fails(x, 1), new() { Name = "select" })
            .Where(x => Fails(x, 2) >= 0, new() { Name = "where" })
            .SelectAsync(async x => { await Task.Yield(); return Fails(x, 3); }, new() { Name = "async" })
            .Do(x => Fails(x, 4), new() { Name = "pool", Parallelism = 2 })
            .ForEach(x => Fails(x, 5), new() { Name = "each" })
            .RunAsync(options);

        Assert.Equal(
            [("async", 3), ("each", 5), ("pool", 4), ("select", 1), ("where", 2)], letters.Select(letter => (letter.Block, (int)letter.Item!)).Order());
        Assert.Equal(1, report.Blocks[^1].Out);
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public async Task BlocksPolicy_GoesBeforeTheRuns()
    {
        await using PipelineRun run = Pipeline.Range(0, 6)
            .Select(x => Fails(x, 1))
            .Select(x => Fails(x, 2), new() { OnError = ErrorPolicy.Stop, Name = "strict" })
            .ForEach(_ => { })
            .Start(s_lenient);

        Assert.IsType<InvalidDataException>(await Ended.ExceptionAsync(run));
        Assert.Equal("strict", run.Failure!.Block);
    }

    [Fact]
    public async Task AggregateAsync_AccumulatorThrows_GoesByTheRunsPolicy()
    {
        Assert.Equal(12, await Pipeline.Range(0, 6).AggregateAsync(0, (sum, x) => sum + Fails(x, 3), s_lenient));
        await Assert.ThrowsAsync<InvalidDataException>(() => Pipeline.Range(0, 6).AggregateAsync(0, (sum, x) => sum + Fails(x, 3)));
    }

    [Fact]
    public async Task ToDictionaryAsync_KeyWasThere_FailsTheItem()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Pipeline.Range(0, 6).ToDictionaryAsync(x => x % 4));
        Dictionary<int, int> firsts = await Pipeline.Range(0, 6).ToDictionaryAsync(x => x % 4, s_lenient);
        Assert.Equal([0, 1, 2, 3], firsts.Values);
    }

    // Its exception is about where the items go, and not about one of them: under a lenient run all would be left out, one after the other.
    [Fact]
    public async Task To_ChannelWasClosed_FailsTheRunWhateverItsPolicy()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.Complete();

        await Assert.ThrowsAsync<ChannelClosedException>(() => Pipeline.Range(0, 6).To(channel.Writer).RunAsync(s_lenient));
    }

    [Fact]
    public async Task SkipWhile_ConditionThrows_LeavesTheItemOut()
    {
        List<int> seen = [];
        PipelineReport report = await Pipeline.Range(0, 6).SkipWhile(x => Fails(x, 1) < 3, new() { OnError = ErrorPolicy.Skip }).ForEach(seen.Add).RunAsync();

        Assert.Equal([3, 4, 5], seen);
        Assert.Equal((2, 1), (report.Blocks[1].Filtered, report.Blocks[1].Failed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cast_ItemIsOfAnotherType_LeavesTheItemOut(bool fromTheRun)
    {
        PipelineOptions run = fromTheRun ? s_lenient : new();
        Pipeline<object> mixed = Pipeline.From((object[])[1, "two", 3]);

        Assert.Equal([1, 3], await mixed.Cast<int>(fromTheRun ? null : new() { OnError = ErrorPolicy.Skip }).ToListAsync(run));
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("channel")]
    public async Task BatchByWeight_WeighThrows_LeavesTheItemOut(string policy)
    {
        var letters = Channel.CreateBounded<DeadLetter>(1);
        ErrorPolicy onError = policy == "skip" ? ErrorPolicy.Skip : ErrorPolicy.DeadLetter(letters.Writer);
        List<int> seen = [];
        await using PipelineRun run = Pipeline.Range(0, 100)
            .Batch(10, x => x % 3 == 0 ? throw new InvalidDataException() : 1, options: new() { OnError = onError, Name = "Batch" })
            .ForEach(batch => seen.AddRange(batch))
            .Start();
        Task<List<DeadLetter>> reading = Pipeline.From(letters.Reader).ToListAsync();
        PipelineReport report = await Ended.ReportAsync(run);
        letters.Writer.Complete();

        Assert.Equal(Enumerable.Range(0, 100).Where(x => x % 3 != 0), seen);
        Assert.Equal((34, 7), (report.Blocks[1].Failed, report.Blocks[1].Out));
        Assert.Equal(policy == "skip" ? 0 : 34, (await reading).Count);
    }

    [Fact]
    public async Task SelectMany_FailsInTheMiddle_KeepsWhatHasGoneOutAndCountsTheItemOnce()
    {
        List<int> seen = [];
        PipelineReport report = await Pipeline.Range(0, 3)
            .SelectMany(x => new Broken(x), new() { OnError = ErrorPolicy.Skip, Name = "flatten" })
            .ForEach(seen.Add)
            .RunAsync();

        Assert.Equal([0, 0, 1, 2, 2], seen);
        Assert.Equal(1, report.Blocks[1].Failed);
        Assert.Equal("and its end", Assert.Single(report.LaterFailures).Exception.Message);
    }

    [Fact]
    public async Task ScanAnew_EachRunHasItsOwnState_AndAFailingSeedFailsTheRun()
    {
        Pipeline<int> counts = Pipeline.Range(0, 3).Scan(
            () => new List<int>(),
            (list, x) =>
            {
                list.Add(x);
                return list;
            }).Select(list => list.Count);
        Assert.Equal([1, 2, 3], await counts.ToListAsync());
        Assert.Equal([1, 2, 3], await counts.ToListAsync());

        await using PipelineRun run = Pipeline.Range(0, 3)
            .Scan(int () => throw new InvalidDataException("no seed"), (sum, x) => sum + x, new() { OnError = ErrorPolicy.Skip, Name = "scan" })
            .ForEach(_ => { })
            .Start();
        Assert.Equal("no seed", (await Ended.ExceptionAsync(run))?.Message);
        Assert.Equal("scan", run.Failure!.Block);
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    private static int Fails(int item, int at) => item == at ? throw new InvalidDataException($"item {at}") : item;

    /// <summary>Yields an item twice; item 1 fails behind the first time, and again when it is disposed.</summary>
    private sealed class Broken(int item) : IEnumerable<int>, IEnumerator<int>
    {
        private int _left = 2;

        public int Current => item;

        object System.Collections.IEnumerator.Current => item;

        public bool MoveNext() => _left-- > 0 && (_left > 0 || Fails(item, 1) == item);

        public void Reset() => throw new NotSupportedException();

        public void Dispose() => _ = item == 1 ? throw new InvalidDataException("and its end") : 0;

        public IEnumerator<int> GetEnumerator() => this;

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => this;
    }
}

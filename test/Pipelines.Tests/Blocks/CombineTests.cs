namespace Pipelines.Tests.Blocks;

/// <summary>Several pipelines made one.</summary>
public sealed class CombineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(256)]
    public async Task Merge_SeveralInputs_YieldsAllAndKeepsEachInputsOrder(int capacity)
    {
        Pipeline<int> pipeline = Pipeline.Merge(
            Pipeline.Range(0, 1000), Pipeline.Range(1000, 1000).Buffer(3), Pipeline.Range(2000, 0), Pipeline.Range(2000, 1));
        List<int> consumed = [];
        await using PipelineRun run = pipeline.ForEach(consumed.Add).Start(new PipelineOptions { Capacity = capacity });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(Enumerable.Range(0, 2001), consumed.Order());
        Assert.All(consumed.GroupBy(x => x / 1000), one => Assert.Equal(one.Order(), one));
        Conservation.AssertHolds(report);
    }

    [Fact]
    public async Task MergeAndConcat_NoInputs_AreEmpty()
    {
        Assert.Equal(0, await Patience.WithAsync(Pipeline.Merge<int>().CountAsync()));
        Assert.Equal(0, await Patience.WithAsync(Pipeline.Concat<int>().CountAsync()));
    }

    [Fact]
    public async Task Merge_OneInputFails_EndsTheOthersToo()
    {
        var thrown = new InvalidDataException();
        Pipeline<int> failing = Pipeline.Range(0, 10).Select(x => x == 5 ? throw thrown : x, new() { Name = "failing" });
        await using PipelineRun run = Pipeline.Merge(Pipeline.From(Endless()), failing).ForEach(_ => { }).Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal("failing", run.Failure!.Block);
        Assert.Equal(5, run.Failure.Item);
        Conservation.AssertHolds(run.Snapshot());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task Concat_SecondSource_IsNotTouchedBeforeTheFirstEnded(int capacity)
    {
        bool ended = false;
        bool early = false;
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Concat(Pipeline.From(First()), Pipeline.From(Second())).ForEach(consumed.Add)
            .Start(new PipelineOptions { Capacity = capacity });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.False(early);
        Assert.Equal(Enumerable.Range(0, 2000), consumed);
        Conservation.AssertHolds(report);

        IEnumerable<int> First()
        {
            try
            {
                for (int i = 0; i < 1000; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                Volatile.Write(ref ended, true);
            }
        }

        IEnumerable<int> Second()
        {
            early = !Volatile.Read(ref ended);
            for (int i = 1000; i < 2000; i++)
            {
                yield return i;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concat_FirstFailsOrEnoughCameOut_SecondIsNeverTouched(bool fails)
    {
        bool touched = false;
        var thrown = new InvalidDataException();
        await using PipelineRun run = Pipeline.Concat(Pipeline.Range(0, 1000).Select(x => fails && x == 3 ? throw thrown : x), Pipeline.From(Second()))
            .Take(10).ForEach(_ => { }).Start();

        Assert.Same(fails ? thrown : null, await Ended.ExceptionAsync(run));
        Assert.False(touched);

        IEnumerable<int> Second()
        {
            touched = true;
            yield return 1;
        }
    }

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(3, 5, 1)]
    [InlineData(500, 3, 2)]
    [InlineData(1000, 1000, 256)]
    public async Task Zip_TwoInputs_PairsUpToTheShorterAndGivesBackTheRest(int left, int right, int capacity)
    {
        List<(int, string)> consumed = [];
        int returned = 0;
        await using PipelineRun run = Pipeline.Zip(Pipeline.Range(0, left), Pipeline.Range(0, right).Select(x => $"{x}")).ForEach(consumed.Add)
            .Start(new PipelineOptions { Capacity = capacity, OnUndelivered = _ => returned++ });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal(Enumerable.Range(0, Math.Min(left, right)).Select(x => (x, $"{x}")), consumed);
        Assert.Equal(report.Undelivered, returned);
        BlockReport zip = report.Blocks.Single(one => one.Name == "Zip");
        Assert.Equal(zip.In, (2 * zip.Out) + zip.Undelivered);
    }

    [Fact]
    public async Task Zip_EndlessAndShort_Completes()
    {
        List<(int First, int Second)> pairs = await Patience.WithAsync(Pipeline.Zip(Pipeline.From(Endless()), Pipeline.Range(0, 3)).ToListAsync());

        Assert.Equal([(0, 0), (1, 1), (2, 2)], pairs);
    }

    private static IEnumerable<int> Endless()
    {
        for (int i = 0; ; i++)
        {
            yield return i;
        }
    }

    // The inner inputs were started twice: by the inner Concat and by the outer one.
    [Fact]
    public async Task Concat_OfConcats_YieldsEachInputOnceAndInOrder()
    {
        Pipeline<int> inner = Pipeline.Concat(Pipeline.Range(0, 500), Pipeline.Range(500, 500));
        List<int> all = await Patience.WithAsync(
            Pipeline.Concat(Pipeline.Concat(inner, Pipeline.Range(1000, 500)), Pipeline.Range(1500, 500)).ToListAsync(new PipelineOptions { Capacity = 2 }));

        Assert.Equal(Enumerable.Range(0, 2000), all);
    }
}

using System.Collections;

namespace Pipelines.Tests.Reports;

/// <summary>How whoever catches an exception finds out what the run has done, and what stands in the exception itself.</summary>
public sealed class ReportOfExceptionTests
{
    [Fact]
    public async Task Of_FailedRun_IsItsReport()
    {
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => Pipeline.Range(0, 10)
            .Select(x => x == 7 ? throw new InvalidDataException() : x, new() { Name = "parse" })
            .ForEach(_ => { }, new() { Name = "store" }).RunAsync(new PipelineOptions { Name = "import" }));

        PipelineReport report = PipelineReport.Of(thrown)!;

        Assert.Equal(("import", RunOutcome.Failed, "parse", 7), (report.Name, report.Outcome, report.Failure!.Block, report.Failure.Item));
        Assert.Equal([8, 7, 7], report.Blocks.Select(block => block.Out));
    }

    [Fact]
    public async Task Of_MembersThatGiveAValue_IsTheReportOfTheirRun()
    {
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => Pipeline.Range(0, 10).Select(x => x == 7 ? throw new InvalidDataException() : x).ToListAsync());

        Assert.Equal(7, PipelineReport.Of(thrown)!.Failure!.Item);
    }

    // Every await of a cancelled task makes an exception of its own.
    [Fact]
    public async Task Of_CancelledRun_IsItsReport()
    {
        using var source = new CancellationTokenSource();
        Task<PipelineReport> run = Pipeline.Range(0, int.MaxValue).ForEach(x => source.Cancel()).RunAsync(source.Token);

        var first = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        var second = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        foreach (Exception thrown in new[] { first, second })
        {
            Assert.Equal(RunOutcome.Cancelled, PipelineReport.Of(thrown)!.Outcome);
        }
    }

    [Fact]
    public async Task Of_WaitedForWithoutAwait_IsFoundInTheAggregate()
    {
        PipelineRun run = Pipeline.Range(0, 10).ForEach(x => throw new InvalidDataException()).Start();
        await Ended.ExceptionAsync(run);

        Assert.Equal(RunOutcome.Failed, PipelineReport.Of(run.Completion.Exception!)!.Outcome);
    }

    [Fact]
    public void Of_ExceptionOfNoRun_IsNull()
    {
        Assert.Null(PipelineReport.Of(new InvalidDataException()));
        Assert.Null(PipelineReport.Of(new OperationCanceledException()));
        Assert.Null(PipelineReport.Of(new AggregateException()));
        Assert.Throws<ArgumentNullException>("exception", () => PipelineReport.Of(null!));
    }

    // The second run wrote its block over that of the first, whose catcher may have been reading it.
    [Fact]
    public async Task SharedException_FailsTwoRuns_KeepsTheFirstBlockAndHasTheLastReport()
    {
        var shared = new InvalidDataException();

        PipelineReport first = await FailAsync(shared, "first");
        Assert.Equal("first", shared.Data[BlockFailure.BlockKey]);
        PipelineReport second = await FailAsync(shared, "second");

        Assert.Equal("first", shared.Data[BlockFailure.BlockKey]);
        Assert.Equal(("first", "second"), (first.Failure!.Block, second.Failure!.Block));
        Assert.Equal("second", PipelineReport.Of(shared)!.Failure!.Block);
    }

    [Fact]
    public async Task Data_HasTheBlocksNameAndNothingOfTheItem()
    {
        var thrown = new InvalidDataException();

        await FailAsync(thrown, "parse", "secret");

        Assert.Equal([("Pipelines.Block", "parse")], thrown.Data.Cast<DictionaryEntry>().Select(entry => (entry.Key, entry.Value)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("read-only")]
    [InlineData("throws")]
    public async Task Data_TakesNothing_RunFailsWithTheExceptionAllTheSame(string data)
    {
        var thrown = new Stubborn(data);

        PipelineReport report = await FailAsync(thrown, "parse");

        Assert.Same(thrown, report.Failure!.Exception);
        Assert.Equal("parse", PipelineReport.Of(thrown)!.Failure!.Block);
        Assert.Contains("parse threw Stubborn", $"{report}", StringComparison.Ordinal);
    }

    private static async Task<PipelineReport> FailAsync(Exception thrown, string block, string item = "item")
    {
        PipelineRun run = Pipeline.From(new[] { item }).Select<int>(_ => throw thrown, new() { Name = block }).ForEach(_ => { }).Start();
        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        return run.Snapshot();
    }

    private sealed class Stubborn(string data) : Exception
    {
        public override IDictionary Data => data switch
        {
            "none" => null!,
            "read-only" => ((IDictionary)new Dictionary<string, string>().AsReadOnly())!,
            _ => throw new NotSupportedException(),
        };

        public override string Message => data == "throws" ? throw new NotSupportedException() : "stubborn";
    }
}

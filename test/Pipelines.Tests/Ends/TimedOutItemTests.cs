using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Ends;

/// <summary>An item that took too long goes to the dead letter, once, and is whoever's reads that: the run disposes a late result only where it is another
/// object.</summary>
public sealed class TimedOutItemTests
{
    [Theory]
    [InlineData(1, true, true)]
    [InlineData(1, true, false)]
    [InlineData(3, true, true)]
    [InlineData(3, true, false)]
    [InlineData(3, false, true)]
    [InlineData(3, false, false)]
    public async Task SelectAsync_DelegateReturnsLate_LetterHasTheItemAndALateResultIsGivenBack(int parallelism, bool ordered, bool returnsItem)
    {
        var time = new FakeTimeProvider();
        var item = new MemoryStream();
        var result = new MemoryStream();
        List<DeadLetter> letters = [];
        List<UndeliveredItem> undelivered = [];
        await using PipelineRun run = Pipeline.From((MemoryStream[])[item])
            .SelectAsync(
                (stream, _) =>
                {
                    time.Advance(TimeSpan.FromSeconds(2));
                    return new ValueTask<MemoryStream>(returnsItem ? stream : result);
                },
                new() { Name = "late", Timeout = TimeSpan.FromSeconds(1), Parallelism = parallelism, Ordered = ordered, OnError = ErrorPolicy.DeadLetter(letters.Add) })
            .ForEach(_ => { })
            .Start(new PipelineOptions { TimeProvider = time, DisposeUndelivered = true, OnUndelivered = undelivered.Add });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Same(item, Assert.Single(letters).Item);
        Assert.IsType<TimeoutException>(letters[0].Exception);
        Assert.True(item.CanRead);
        Assert.Equal(returnsItem, result.CanRead);
        if (returnsItem)
        {
            Assert.Empty(undelivered);
        }
        else
        {
            UndeliveredItem late = Assert.Single(undelivered);
            Assert.Equal((result, "late", UndeliveredReason.TooLate), (late.Item, late.Block, late.Reason));
        }

        Assert.Equal((1, 0), (report.Blocks[1].Failed, report.Blocks[1].Undelivered));
        Conservation.AssertHoldsInLine(report);
    }
}

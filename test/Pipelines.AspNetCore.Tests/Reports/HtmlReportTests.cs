namespace Pipelines.AspNetCore.Tests.Reports;

/// <summary>A report as one file.</summary>
public sealed class HtmlReportTests
{
    [Fact]
    public async Task ToHtml_HostileNames_EndNoElement()
    {
        PipelineReport report = await Pipeline.Range(1, 10)
            .Select(x => x, new() { Name = "</script><script>alert(1)</script>" })
            .ForEach(_ => { }, new() { Name = "<!-- <img src=x onerror=alert(1)> ]]>" })
            .RunAsync(new PipelineOptions { Name = "</title><script>alert(2)</script>" });

        string html = report.ToHtml();

        Assert.DoesNotContain("alert(1)</script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Equal(3, html.Split("<script").Length - 1); // the data, the layout, the page
        Assert.Equal(3, html.Split("</script>").Length - 1);
    }

    [Fact]
    public async Task ToHtml_AnyReport_NamesNothingOfTheNetwork()
    {
        string html = (await Pipeline.Range(1, 10).ForEach(_ => { }).RunAsync()).ToHtml();

        Assert.DoesNotContain(" src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html.Replace("url(#arrow)", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToHtml_OfAFailedRun_HasTheExceptionAndNotTheItem()
    {
        Exception error = await Assert.ThrowsAsync<InvalidDataException>(() => Pipeline.Range(1, 10)
            .Select(x => $"secret item {x}", new() { Name = "describe" })
            .ForEach(item => throw new InvalidDataException("no such customer"), new() { Name = "save" })
            .RunAsync());

        string html = PipelineReport.Of(error)!.ToHtml();

        Assert.Contains("no such customer", html, StringComparison.Ordinal);
        Assert.Contains("System.IO.InvalidDataException", html, StringComparison.Ordinal);
        Assert.DoesNotContain("secret item", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_AReportMadeByHand_IsDrawnFromItsRows()
    {
        var report = new PipelineReport
        {
            Outcome = RunOutcome.Completed,
            Elapsed = TimeSpan.FromSeconds(1),
            Blocks =
            [
                new() { Name = "a", Kind = BlockKind.Producer, Island = 1, Out = 5 },
                new() { Name = "b", Kind = BlockKind.Transform, Island = 1, In = 5, Out = 5 },
                new() { Name = "c", Kind = BlockKind.Consumer, Island = 2, In = 5, Out = 5 },
            ],
            Links = [new() { From = "b", To = "c", Capacity = 8 }, new() { From = "b", To = "not there" }],
        };

        Assert.Contains("\"fusions\":[[0,1]]", report.ToHtml(), StringComparison.Ordinal);
        Assert.Contains("\"links\":[{\"from\":1,\"to\":2,\"capacity\":8}]", report.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveReportAsync_WithATimeline_WritesBoth()
    {
        await using var endless = new EndlessRun("saved");
        var timeline = new PipelineTimeline(capacity: 2);
        for (int i = 0; i < 3; i++)
        {
            timeline.Add(endless.Run.Snapshot());
        }

        string path = Path.GetTempFileName();
        await endless.Run.SaveReportAsync(path, timeline).InTime();
        string html = await File.ReadAllTextAsync(path);
        File.Delete(path);

        Assert.Equal(2, timeline.Count);
        Assert.Contains("\"history\":{\"elapsed\":[", html, StringComparison.Ordinal);
        Assert.Contains("\"maxInFlight\":", html, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => endless.Run.SaveReportAsync(""));
    }

    [Fact]
    public void Timeline_SamplesOutOfOrder_AreNotAdded()
    {
        var timeline = new PipelineTimeline();
        foreach (int second in (int[])[1, 3, 2, 3])
        {
            timeline.Add(new() { Outcome = RunOutcome.Running, Elapsed = TimeSpan.FromSeconds(second), Blocks = [] });
        }

        Assert.Equal(2, timeline.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineTimeline(0));
        Assert.Throws<ArgumentNullException>(() => timeline.Add(null!));
    }
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>The page of a run, in a real browser.</summary>
[Collection(nameof(BrowserTests))]
public sealed partial class RunPageTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task Graph_OfARun_AppearsAndItsFiguresMove()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun("appears");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "appears");

        await Assertions.Expect(open.Page.Locator("g.block")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.Locator("path.edge")).ToHaveCountAsync(2);
        await Assertions.Expect(open.Page.Locator("text.depth").First).ToHaveTextAsync(OfSixteen());
        string? before = await open.Page.Locator(".elapsed").TextContentAsync();
        string? consumed = await open.Page.Locator(".tile").Nth(1).Locator("small").TextContentAsync();
        await Assertions.Expect(open.Page.Locator(".elapsed")).Not.ToHaveTextAsync(before!);
        await Assertions.Expect(open.Page.Locator(".tile").Nth(1).Locator("small")).Not.ToHaveTextAsync(consumed!);
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task Bottleneck_OfARunThatHasOne_IsTheSameInColourInWordsAndInTheTable()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun("held up", slow: "resize images");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "held up");

        await Assertions.Expect(open.Page.Locator(".sentence")).ToContainTextAsync("Bottleneck: resize images");
        await Assertions.Expect(open.Block("resize images")).ToHaveClassAsync(Bottleneck());
        await Assertions.Expect(open.Page.Locator("g.block.bottleneck")).ToHaveCountAsync(1);
        await Assertions.Expect(open.Block("resize images").Locator(".flag")).ToHaveTextAsync("bottleneck");
        await Assertions.Expect(open.Block("resize images").Locator(".state")).ToHaveTextAsync(Busy());
        await Assertions.Expect(open.Page.Locator("tr.bottleneck th")).ToHaveTextAsync("resize images");
        string stroke = await open.Block("resize images").Locator(".body").EvaluateAsync<string>("element => getComputedStyle(element).stroke");
        Assert.NotEqual(stroke, await open.Block("sink").Locator(".body").EvaluateAsync<string>("element => getComputedStyle(element).stroke"));
    }

    [BrowserFact]
    public async Task Failure_OfARun_AppearsWithItsExceptionAndThePageStays()
    {
        var fail = new TaskCompletionSource();
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun(
            "fails", work: (item, _) => fail.Task.IsCompleted ? throw new InvalidDataException("order 7 has no customer") : new(item));
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "fails");
        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("running");

        fail.SetResult();

        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("failed");
        ILocator failure = open.Page.Locator(".problems .errors .failure");
        await Assertions.Expect(failure).ToContainTextAsync("slow InvalidDataException");
        await Assertions.Expect(failure).ToContainTextAsync("order 7 has no customer");
        await Assertions.Expect(failure.Locator("pre")).ToContainTextAsync("System.IO.InvalidDataException: order 7 has no customer");
        await Assertions.Expect(failure.Locator("pre")).ToBeVisibleAsync();
        await Assertions.Expect(open.Page.Locator("g.block")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.Locator(".banner")).ToContainTextAsync("This run has ended: failed");
    }

    [BrowserFact]
    public async Task Run_ThatStartsAnew_IsOfferedWhereTheOldOneHasEnded()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var first = new EndlessRun("again");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "again");
        await first.EndAsync().InTime();
        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("completed");

        await using var second = new EndlessRun("again");
        await open.Page.Locator(".banner a").ClickAsync();

        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("running");
        await Assertions.Expect(open.Page.Locator(".banner")).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Controls_WhereTheyAreAllowed_PauseResumeSetAndStop()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync(new() { AllowControls = true });
        await using var endless = new EndlessRun("obeys", parallelism: 3);
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "obeys");

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("paused");
        Assert.True(endless.Run.IsPaused);
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("running");
        await open.Block("slow").ClickAsync();
        await open.Page.Locator(".control input").FillAsync("2");
        await open.Page.Locator(".control button").ClickAsync();
        await Assertions.Expect(open.Block("slow").Locator(".workers")).ToHaveTextAsync("×2");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Stop: sure?" }).ClickAsync();
        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("stopped");
        Assert.Equal(RunOutcome.Stopped, (await endless.Run.Completion.InTime()).Outcome);
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task Controls_WhereTheyAreNot_AreNotThereAndRefused()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun("only looked at");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "only looked at");

        await Assertions.Expect(open.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
        int status = await open.Page.EvaluateAsync<int>(
            "async () => (await fetch(`runs/${location.hash.split('=')[1]}/pause`, { method: 'POST', headers: { 'X-Pipelines-Antiforgery': 'x' } })).status");

        Assert.Equal(403, status);
        Assert.False(endless.Run.IsPaused);
    }

    [BrowserFact]
    public async Task Names_ThatLookLikeMarkup_AreText()
    {
        const string hostile = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=2</script>";
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun(
            hostile, slow: hostile, work: (_, _) => throw new InvalidDataException(hostile), onError: ErrorPolicy.Skip);
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, hostile);
        await open.Block(hostile).ClickAsync();

        await Assertions.Expect(open.Page.Locator("aside h2")).ToHaveTextAsync(hostile);
        await Assertions.Expect(open.Page.Locator(".problems li p").First).ToHaveTextAsync(hostile);
        Assert.Equal(0, await open.Page.Locator("img, main script").CountAsync());
        Assert.Equal("undefined", await open.Page.EvaluateAsync<string>("() => typeof window.harmed"));
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task Keyboard_Alone_ReachesEveryBlock()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun("by keys");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "by keys");

        await open.Block("source").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(open.Page.Locator("aside h2")).ToHaveTextAsync("slow");
        await Assertions.Expect(open.Block("slow")).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(open.Block("slow")).ToHaveAttributeAsync("aria-label", Spoken());
        await open.Page.Keyboard.PressAsync("End");
        await open.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(open.Page.Locator("aside h2")).ToHaveTextAsync("sink");
        Assert.Equal(1, await open.Page.Locator("g.block[tabindex='0']").CountAsync());
    }

    [BrowserFact]
    public async Task Copy_AsMermaid_PutsItOnTheClipboard()
    {
        await using PipelineDashboard dashboard = await PageTests.StartAsync();
        await using var endless = new EndlessRun("copied");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(dashboard, "copied");

        await open.Page.GetByText("Copy as").ClickAsync();
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Mermaid" }).ClickAsync();

        await Assertions.Expect(open.Page.Locator(".told")).ToHaveTextAsync("Mermaid copied");
        Assert.Contains("flowchart LR", await open.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\d+ / 16$")]
    private static partial Regex OfSixteen();

    [GeneratedRegex("bottleneck")]
    private static partial Regex Bottleneck();

    [GeneratedRegex(@"^busy \d+\W%$")]
    private static partial Regex Busy();

    [GeneratedRegex("^slow .*busy .*waits for input")]
    private static partial Regex Spoken();
}

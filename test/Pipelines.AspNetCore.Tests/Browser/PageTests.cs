using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>The page as a whole, in a real browser: the list, a server that goes and comes back, light and dark, and a report out of a file.</summary>
[Collection(nameof(BrowserTests))]
public sealed class PageTests(BrowserFixture browser)
{
    // All but one, which puts the texts of a drawing behind each other without a space and then does not find them.
    private static readonly AxeRunOptions s_rules = new() { Rules = new() { ["label-content-name-mismatch"] = new() { Enabled = false } } };

    public static Task<PipelineDashboard> StartAsync(PipelinesPageOptions? page = null, int port = 0) =>
        PipelineDashboard.StartAsync(new() { Output = TextWriter.Null, Port = port, Page = (page ?? new()) with { TimeProvider = new QuickTime() } });

    [BrowserFact]
    public async Task List_OfAllRuns_FollowsThemByItself()
    {
        await using PipelineDashboard dashboard = await StartAsync();
        await using BrowserPage open = await browser.OpenAsync();
        await open.Page.GotoAsync(dashboard.Url.AbsoluteUri);
        ILocator line = open.Page.Locator(".runs > li").Filter(new() { HasTextString = "comes and goes" });
        await Assertions.Expect(line).ToHaveCountAsync(0);

        await using var endless = new EndlessRun("comes and goes");
        await Assertions.Expect(line.Locator(".state-pill")).ToHaveTextAsync("running");
        await Assertions.Expect(line.Locator(".why")).ToContainTextAsync("Bottleneck: slow");
        await endless.EndAsync().InTime();

        await Assertions.Expect(line.Locator(".state-pill")).ToHaveTextAsync("completed");
        Assert.DoesNotContain("token", open.Page.Url, StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task Server_ThatGoesAndComesBack_IsFoundAgain()
    {
        var options = new PipelinesPageOptions { Token = PageServer.Token };
        PipelineDashboard first = await StartAsync(options);
        await using var endless = new EndlessRun("outlives");
        await using BrowserPage open = await browser.OpenAsync();
        await open.GoToRunAsync(first, "outlives");
        int port = first.Url.Port;

        await first.DisposeAsync();
        await Assertions.Expect(open.Page.Locator(".link-state")).ToHaveTextAsync("Connection lost. Trying again…");
        await Assertions.Expect(open.Page.Locator("g.block")).ToHaveCountAsync(3);
        await using PipelineDashboard second = await StartAsync(options, port);

        await Assertions.Expect(open.Page.Locator(".link-state")).ToHaveTextAsync("live");
        string? elapsed = await open.Page.Locator(".elapsed").TextContentAsync();
        await Assertions.Expect(open.Page.Locator(".elapsed")).Not.ToHaveTextAsync(elapsed!);
    }

    [BrowserFact]
    public async Task Run_OfTheProcessBefore_IsSaidToBeGone()
    {
        await using PipelineDashboard dashboard = await StartAsync();
        await using BrowserPage open = await browser.OpenAsync();
        await open.Page.GotoAsync(dashboard.Url.AbsoluteUri);
        await Assertions.Expect(open.Page.Locator(".brand")).ToBeVisibleAsync();
        await open.Page.GotoAsync(new Uri(dashboard.Url, "/#run=abcdef-1").AbsoluteUri);

        await Assertions.Expect(open.Page.Locator("main")).ToContainTextAsync("There is no such run");
    }

    [BrowserFact]
    public async Task Colours_FollowTheSystemAndTheReader()
    {
        await using PipelineDashboard dashboard = await StartAsync();
        await using BrowserPage open = await browser.OpenAsync(ColorScheme.Dark);
        await open.Page.GotoAsync(dashboard.Url.AbsoluteUri);
        await Assertions.Expect(open.Page.Locator(".brand")).ToBeVisibleAsync();
        string dark = await BackgroundAsync(open.Page);

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Theme: as the system" }).ClickAsync();
        string light = await BackgroundAsync(open.Page);

        Assert.Equal("rgb(15, 20, 25)", dark);
        Assert.Equal("rgb(244, 246, 248)", light);
    }

    [BrowserFact]
    public async Task Report_OutOfAFile_OpensWithoutANetwork()
    {
        PipelineReport report;
        var timeline = new PipelineTimeline();
        await using (var endless = new EndlessRun("filed"))
        {
            await endless.Consumed.Task.InTime();
            timeline.Add(endless.Run.Snapshot());
            report = await endless.EndAsync().InTime();
            timeline.Add(report);
        }

        string path = Path.ChangeExtension(Path.GetTempFileName(), ".html");
        await File.WriteAllTextAsync(path, report.ToHtml(timeline));
        await using BrowserPage open = await browser.OpenAsync(width: 420);
        await open.Page.Context.SetOfflineAsync(true);
        await open.Page.GotoAsync(new Uri(path).AbsoluteUri);

        await Assertions.Expect(open.Page.Locator("g.block")).ToHaveCountAsync(3);
        await Assertions.Expect(open.Page.Locator(".state-pill")).ToHaveTextAsync("completed");
        await Assertions.Expect(open.Page.Locator("table.blocks tbody tr")).ToHaveCountAsync(3);
        await open.Block("slow").ClickAsync();
        await Assertions.Expect(open.Page.Locator("aside h2")).ToHaveTextAsync("slow");
        Assert.Equal([new Uri(path).AbsoluteUri], open.Requests);
        Assert.Empty(open.Complaints);
        File.Delete(path);
    }

    [BrowserFact]
    public async Task Page_OnANarrowScreen_IsNotWiderThanIt()
    {
        await using PipelineDashboard dashboard = await StartAsync();
        await using var endless = new EndlessRun("on a telephone");
        await using BrowserPage open = await browser.OpenAsync(width: 390, height: 800);
        await open.GoToRunAsync(dashboard, "on a telephone");

        Assert.True(await open.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
    }

    // What a machine can find of it: contrast, names, roles, order.
    [BrowserFact]
    public async Task Page_InBothThemes_CanBeReadByEverybody()
    {
        await using PipelineDashboard dashboard = await StartAsync(new() { AllowControls = true });
        await using var endless = new EndlessRun(
            "accessible", parallelism: 2, work: (item, _) => item % 9 == 0 ? throw new FormatException("bad") : new(item), onError: ErrorPolicy.Skip);
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using BrowserPage open = await browser.OpenAsync(scheme);
            if (scheme == ColorScheme.Dark)
            {
                await open.Page.GotoAsync(dashboard.Url.AbsoluteUri);
                await Assertions.Expect(open.Page.Locator(".runs > li").First).ToBeVisibleAsync();
                AssertReadable(await open.Page.RunAxe(s_rules));
            }

            await open.GoToRunAsync(dashboard, "accessible");
            await open.Block("slow").ClickAsync();
            await Assertions.Expect(open.Page.Locator(".problems")).ToBeVisibleAsync();
            AssertReadable(await open.Page.RunAxe(s_rules));
        }
    }

    private static void AssertReadable(AxeResult result)
    {
        string all = string.Join('\n', result.Violations.SelectMany(violation =>
            violation.Nodes.Select(node => $"{violation.Id}: {node.Html} {node.Any.FirstOrDefault()?.Message}")));
        Assert.True(all.Length == 0, all);
    }

    private static Task<string> BackgroundAsync(IPage page) => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    /// <summary>A clock whose timers ring five times as often: what comes every second is not waited for that long.</summary>
    private sealed class QuickTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime / 5, period / 5);
    }
}

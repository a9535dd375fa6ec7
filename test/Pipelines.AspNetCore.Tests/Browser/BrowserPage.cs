using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>A page in the browser, with what it complains about: a script that fails or is refused by the policy is an error of ours.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public BrowserPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Request += (_, request) => Requests.Enqueue(request.Url);
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Complaints { get; } = [];

    public ConcurrentQueue<string> Requests { get; } = [];

    public ILocator Block(string name) => Page.Locator("g.block").Filter(new() { Has = Page.Locator("title", new() { HasTextString = name }) });

    /// <summary>Opens a dashboard, finds the run of that name in its list and goes to it.</summary>
    public async Task GoToRunAsync(PipelineDashboard dashboard, string name)
    {
        await Page.GotoAsync(dashboard.Url.AbsoluteUri);
        await Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(name);
        await Assertions.Expect(Page.Locator(".state-pill")).Not.ToBeEmptyAsync();
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}

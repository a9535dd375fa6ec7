using Microsoft.Playwright;

namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>One browser for all tests, and a fresh profile for each page.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Chromium.WhyNot is not null)
        {
            return;
        }

        string path = Chromium.Path
            ?? throw new InvalidOperationException("There is no chromium, and it could not be installed. In CI the page's tests must have a browser.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"], // as root, in a container without a screen
        });
        Assertions.SetDefaultExpectTimeout((float)Patience.Long.TotalMilliseconds);
    }

    public async Task<BrowserPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1440, int height = 1000)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = height },
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout((float)Patience.Long.TotalMilliseconds);
        return new(context, await context.NewPageAsync());
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}

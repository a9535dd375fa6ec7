using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pipelines.AspNetCore.Tests.Access;

/// <summary>What a real server makes of the page when it starts.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Server_ThatOthersCanReach_DoesNotStartWithoutPolicy()
    {
        var log = new LogBook();
        await using WebApplication app = Build("http://0.0.0.0:0", log);
        app.MapPipelines();
        await app.StartAsync().InTime();

        await app.WaitForShutdownAsync().InTime();

        Assert.Contains(log.Lines, line => line.StartsWith("Critical: The pipelines page /pipelines has no authorization policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_WithPolicy_Starts()
    {
        var log = new LogBook();
        await using WebApplication app = Build("http://0.0.0.0:0", log);
        app.UseAuthorization();
        app.MapPipelines().RequireAuthorization();
        await app.StartAsync().InTime();

        Assert.False(app.Lifetime.ApplicationStopping.IsCancellationRequested);
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal));
        await app.StopAsync().InTime();
    }

    [Fact]
    public async Task Server_OfThisMachineOnly_SaysWhereThePageIs()
    {
        var log = new LogBook();
        await using WebApplication app = Build("http://127.0.0.1:0", log);
        app.MapPipelines("/runs");
        await app.StartAsync().InTime();
        string url = log.Lines.Single(line => line.Contains("The pipelines of this process: ", StringComparison.Ordinal)).Split(' ')[6];
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });

        using HttpResponseMessage page = await client.GetAsync(new Uri(url)).InTime();
        using HttpResponseMessage without = await client.GetAsync(new Uri(url.Split('?')[0])).InTime();

        Assert.Equal(200, (int)page.StatusCode);
        Assert.StartsWith("pipelines-", page.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Equal(403, (int)without.StatusCode);
        await app.StopAsync().InTime();
    }

    [Fact]
    public async Task Dashboard_OfAConsoleProgram_PrintsItsAddressAndAnswersThere()
    {
        var output = new StringWriter();
        await using PipelineDashboard dashboard = await PipelineDashboard.StartAsync(new() { Output = output });
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });

        Assert.Equal($"The pipelines of this process: {dashboard.Url}", output.ToString().Trim());
        Assert.True(dashboard.Url.IsLoopback);
        using HttpResponseMessage page = await client.GetAsync(dashboard.Url).InTime();
        Assert.Equal(200, (int)page.StatusCode);
        using HttpResponseMessage without = await client.GetAsync(new Uri(dashboard.Url, "/events")).InTime();
        Assert.Equal(403, (int)without.StatusCode);
    }

    [Fact]
    public void Arguments_ThatMakeNoSense_AreRefusedAtTheCall()
    {
        Assert.Throws<ArgumentException>(() => new PipelinesPageOptions { Token = "short" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelinesPageOptions { StopTimeout = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentNullException>(() => new PipelinesPageOptions { TimeProvider = null! });
        Assert.Throws<ArgumentNullException>(() => new PipelinesPageOptions { AllowedHosts = null! });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineDashboardOptions { Port = 65536 });
        Assert.Throws<ArgumentNullException>(() => new PipelineDashboardOptions { Page = null! });
        Assert.Throws<ArgumentNullException>(() => ((WebApplication)null!).MapPipelines());
    }

    private static WebApplication Build(string address, LogBook log)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Services.AddRoutingCore().AddAuthorization();
        builder.Logging.AddProvider(log);
        return builder.Build();
    }

    private sealed class LogBook : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}

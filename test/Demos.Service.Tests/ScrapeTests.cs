using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Demos.Service.Tests;

/// <summary>What Prometheus gets of the running service, and what the dashboard asks for.</summary>
public sealed partial class ScrapeTests
{
    [Fact]
    public async Task Metrics_AreRealFigures_AndTheDashboardAsksForNoOthers()
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync();
        for (int id = 0; id < 50; id++)
        {
            using HttpResponseMessage response = await service.Client.PostAsJsonAsync("/orders", new { id });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        // A run that has ended is in the histogram, and its figures stay as long as the next has its name.
        using HttpResponseMessage restart = await service.Client.PostAsync("/pipeline/restart", null);
        Assert.Equal(HttpStatusCode.OK, restart.StatusCode);
        Assert.Equal(50, service.Saved.Length);
        string scraped = await service.Client.GetStringAsync("/metrics");

        Assert.Equal("50", Value(scraped, "pipelines_inbox_items_total", "outcome=\"accepted\""));
        Assert.Equal("1000", Value(scraped, "pipelines_inbox_limit"));
        Assert.Equal("1", Value(scraped, "pipelines_host_restarts_total"));
        Assert.Equal("1", Value(scraped, "pipelines_run_duration_seconds_count", "outcome=\"stopped\""));
        Assert.NotEmpty(Value(scraped, "pipelines_block_items_total", "block=\"OrderStore.SaveAsync\"", "outcome=\"out\""));

        string dashboard = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "grafana", "pipelines.json"));
        string[] asked = [.. Names().Matches(dashboard).Select(match => match.Value).Distinct().Order()];
        string[] there = [.. Names().Matches(scraped).Select(match => match.Value).Distinct()];
        Assert.True(asked.Length >= 8, string.Join(", ", asked));
        Assert.Empty(asked.Except(there));
    }

    [Fact]
    public async Task HealthAndPage_SayHowItIs()
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync();

        Assert.Equal("Healthy", await service.Client.GetStringAsync("/health"));
        Assert.StartsWith("Running\norders: running", await service.Client.GetStringAsync("/pipeline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DrainLongerThanTheHostWaits_EndsWithTheMessage()
    {
        (int exitCode, string output) = await ServiceProcess.RunAsync("--Pipelines:orders:DrainTimeout", "00:10:00");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("'orders' may drain for 00:10:00, and the host gives its services 00:00:30", output, StringComparison.Ordinal);
    }

    private static string Value(string scraped, string name, params string[] tags) => scraped.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && tags.All(tag => line.Contains(tag, StringComparison.Ordinal)))
        .Select(line => line[(line.LastIndexOf('}') + 2)..].Split(' ')[0])
        .FirstOrDefault() ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"There is no {name} in\n{scraped}"));

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    [GeneratedRegex(@"pipelines_[a-z_]+")]
    private static partial Regex Names();
}

using System.Net;
using System.Net.Http.Json;

namespace Demos.Service.Tests;

/// <summary>What a collector gets of the running service over OTLP.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Otlp_MetricsAndTraces_ReachTheCollector()
    {
        await using var collector = new Collector();
        await using ServiceProcess service = await ServiceProcess.StartAsync(
            "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL", "200");
        using HttpResponseMessage response = await service.Client.PostAsJsonAsync("/orders", new { id = 1 });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);

        await collector.SeenAsync("/v1/metrics", "pipelines.block.items");
        await collector.SeenAsync("/v1/metrics", "OrderStore.SaveAsync");
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.EndAsync());

        // What was not sent yet is sent on the way out: the run's span, and the last figures.
        Assert.All(["orders", "outcome"], text => Assert.Contains(text, collector.Posted("/v1/traces"), StringComparison.Ordinal));
        Assert.Contains("pipelines.inbox.items", collector.Posted("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("pipelines.run.duration", collector.Posted("/v1/metrics"), StringComparison.Ordinal);
    }
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting.Tests;

/// <summary>The figures of inboxes and restarts, as a listener gets them.</summary>
public sealed class MeterTests
{
    [Fact]
    public async Task Inbox_InFigures()
    {
        await using PausedOrders paused = await PausedOrders.StartAsync(2);
        PipelineInbox<Order> inbox = paused.Host.Inbox<Order>();
        Assert.Equal([true, true, false], [inbox.TryAdd(new(1)), inbox.TryAdd(new(2)), inbox.TryAdd(new(3))]);
        IMeterFactory? factory = paused.Host.Services.GetService<IMeterFactory>();
        Dictionary<string, long> values = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, one) =>
        {
            if (instrument.Meter.Name == PipelineHostingDiagnostics.MeterName && (factory is null || instrument.Meter.Scope == factory))
            {
                one.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            Assert.Equal("orders", tags[0].Value);
            values[instrument.Name + (tags.Length > 1 ? $":{tags[1].Value}" : "")] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                ("pipelines.host.lost", 0), ("pipelines.host.restarts", 0), ("pipelines.inbox.items:accepted", 2), ("pipelines.inbox.items:refused", 1),
                ("pipelines.inbox.limit", 2), ("pipelines.inbox.usage", 2),
            ],
            values.Select(value => (value.Key, value.Value)).Order());
    }
}

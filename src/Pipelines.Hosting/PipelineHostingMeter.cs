using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting;

/// <summary>The meter of a host's pipelines. One a container, which disposes it: two hosts in a process do not see each other's.</summary>
internal sealed class PipelineHostingMeter : IDisposable
{
    private readonly Meter _meter;
    private readonly bool _isOurs;

    public PipelineHostingMeter(IEnumerable<IPipelineHost> pipelines, IServiceProvider provider)
    {
        IPipelineHost[] all = [.. pipelines];
        IMeterFactory? factory = provider.GetService<IMeterFactory>();
        _isOurs = factory is null; // what a factory has made the factory disposes
        _meter = factory?.Create(new MeterOptions(PipelineHostingDiagnostics.MeterName)) ?? new Meter(PipelineHostingDiagnostics.MeterName);
        _meter.CreateObservableUpDownCounter("pipelines.inbox.usage", () => Inboxes(inbox => inbox.Waiting), "{item}", "Items that wait in the inbox.");
        _meter.CreateObservableUpDownCounter("pipelines.inbox.limit", () => Inboxes(inbox => inbox.Capacity), "{item}", "How many items may wait there.");
        _meter.CreateObservableCounter("pipelines.inbox.items", Items, "{item}", "Items by what the inbox said to them.");
        _meter.CreateObservableCounter("pipelines.host.lost", () => Each(host => host.Lost), "{item}", "Items that were accepted and are not delivered.");
        _meter.CreateObservableCounter("pipelines.host.restarts", () => Each(host => host.Restarts), "{restart}", "How often the pipeline was started again.");

        IEnumerable<Measurement<long>> Each(Func<IPipelineHost, long> value) => all.Select(host => new Measurement<long>(value(host), Tag(host)));

        IEnumerable<Measurement<long>> Inboxes(Func<InboxReport, long> value) =>
            all.Where(host => host.Inbox is not null).Select(host => new Measurement<long>(value(host.Inbox!), Tag(host)));

        IEnumerable<Measurement<long>> Items() => all.Where(host => host.Inbox is not null).SelectMany(host => (Measurement<long>[])
        [
            new(host.Inbox!.Accepted, Tag(host), new("outcome", "accepted")),
            new(host.Inbox!.Refused, Tag(host), new("outcome", "refused")),
        ]);
    }

    public void Dispose()
    {
        if (_isOurs)
        {
            _meter.Dispose();
        }
    }

    private static KeyValuePair<string, object?> Tag(IPipelineHost host) => new("pipeline", host.Name);
}

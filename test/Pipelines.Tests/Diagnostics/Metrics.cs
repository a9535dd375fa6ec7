using System.Diagnostics.Metrics;

namespace Pipelines.Tests.Diagnostics;

/// <summary>Listens to the meter, and keeps what concerns one pipeline: other tests have their own at the same time.</summary>
internal sealed class Metrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<Sample> _samples = [];
    private readonly string _pipeline;

    public Metrics(string pipeline)
    {
        _pipeline = pipeline;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PipelineDiagnostics.MeterName)
            {
                Instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public Dictionary<string, Instrument> Instruments { get; } = [];

    /// <summary>What a collection at this moment sees.</summary>
    public IReadOnlyList<Sample> Collect()
    {
        lock (_samples)
        {
            _samples.Clear();
            _listener.RecordObservableInstruments();
            return [.. _samples];
        }
    }

    /// <summary>What came in by itself since the last collection.</summary>
    public IReadOnlyList<Sample> Recorded()
    {
        lock (_samples)
        {
            return [.. _samples];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> all = new(tags.ToArray());
        if (Equals(all["pipeline"], _pipeline))
        {
            lock (_samples)
            {
                _samples.Add(new Sample(instrument.Name, value, all));
            }
        }
    }

    internal sealed record Sample(string Instrument, double Value, Dictionary<string, object?> Tags)
    {
        public object? this[string tag] => Tags.GetValueOrDefault(tag);

        /// <summary>Instrument and tags: what must be there once.</summary>
        public string Series =>
            $"{Instrument} {string.Join(' ', Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))}";
    }
}

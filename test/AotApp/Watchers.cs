using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pipelines;

namespace AotApp;

/// <summary>Listens to the metrics and traces: they too have to work without a just-in-time compiler.</summary>
internal sealed class Watchers : IDisposable
{
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _activities;
    private int _durations;
    private int _spans;

    public Watchers()
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PipelineDiagnostics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _durations));
        _meter.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        _meter.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ => Interlocked.Increment(ref _spans),
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public bool HaveSeenEverything()
    {
        _meter.RecordObservableInstruments();
        bool seen = _durations > 20 && _spans > 20;
        Console.WriteLine(seen ? "ok     metrics and traces" : $"FAILED metrics and traces: {_durations} durations, {_spans} spans");
        return seen;
    }

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }
}

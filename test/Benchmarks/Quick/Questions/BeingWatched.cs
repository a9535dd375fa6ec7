using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pipelines;

namespace Benchmarks.Quick.Questions;

/// <summary>What it costs to be observed: five transforms while nobody listens, and while metrics are read fifty times a second, far more often than anybody
/// does, and traces are taken.</summary>
internal sealed class BeingWatched : Question
{
    public override string Title => "five transforms, nobody listens and somebody does";

    public override string Target => "3 % more at most";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("nobody listens", RunAsync),
        new("metrics read 50 times a second, traces taken", WatchedAsync),
    ];

    public override long Expected(int items) => ((long)items * (items - 1) / 2) + (5L * items);

    private static async Task<long> RunAsync(int items)
    {
        long sum = 0;
        await Pipeline.Range(0, items).Select(Next).Select(Next).Select(Next).Select(Next).Select(Next).ForEach(value => sum += value).RunAsync();
        return sum;
    }

    private static int Next(int item) => item + 1;

    private static async Task<long> WatchedAsync(int items)
    {
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == PipelineDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.Start();
        using var spans = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == PipelineDiagnostics.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(spans);
        await using var timer = new Timer(_ => meters.RecordObservableInstruments(), null, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20));
        return await RunAsync(items);
    }
}

using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Diagnostics;

/// <summary>What a listener to the meter hears.</summary>
public sealed class MetricsTests : IDisposable
{
    private readonly string _name = $"metrics {Guid.NewGuid()}";
    private readonly Metrics _metrics;
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MetricsTests() => _metrics = new Metrics(_name);

    public void Dispose()
    {
        _release.TrySetResult();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Instruments_AreNamedAndMeasuredAsOpenTelemetryHasIt()
    {
        await Pipeline.Range(0, 1).ForEach(_ => { }).RunAsync();

        Assert.Equal(
            [
                "pipelines.active_runs {run}", "pipelines.block.in_flight {item}", "pipelines.block.items {item}",
                "pipelines.block.parallelism {worker}", "pipelines.block.time s",
                "pipelines.link.limit {item}", "pipelines.link.usage {item}", "pipelines.run.duration s",
            ],
            _metrics.Instruments.Values.Select(instrument => $"{instrument.Name} {instrument.Unit}").Order(StringComparer.Ordinal));
        Assert.All(_metrics.Instruments.Values, instrument => Assert.EndsWith(".", instrument.Description!, StringComparison.Ordinal));
        Assert.Single(_metrics.Instruments.Values, instrument => !instrument.IsObservable);
        Assert.All(_metrics.Instruments.Values, instrument => Assert.Equal(typeof(Pipeline).Assembly.GetName().Version!.ToString(3), instrument.Meter.Version));
    }

    [Fact]
    public async Task Items_RunInItsMiddle_AreCountedByOutcome()
    {
        await using PipelineRun run = await HeldAsync(Held(), _name);

        IReadOnlyList<Metrics.Sample> samples = _metrics.Collect();

        AssertValue(10, samples, "pipelines.block.items", "Range", ("outcome", "out"));
        AssertValue(5, samples, "pipelines.block.items", "even", ("outcome", "out"));
        AssertValue(5, samples, "pipelines.block.items", "even", ("outcome", "filtered"));
        AssertValue(0, samples, "pipelines.block.items", "store", ("outcome", "failed"));
        AssertValue(1, samples, "pipelines.block.items", "store", ("outcome", "out"));
        AssertValue(1, samples, "pipelines.active_runs", null);
        AssertValue(4, samples, "pipelines.block.in_flight", "store");
        AssertValue(3, samples, "pipelines.link.usage", "store", ("from", "even"));
        AssertValue(7, samples, "pipelines.link.limit", "store", ("from", "even"));
        Assert.Equal(
            ["busy", "starved", "blocked", "unthreaded"],
            samples.Where(sample => sample.Instrument == "pipelines.block.time" && Equals(sample["block"], "store")).Select(sample => sample["state"]));
        Assert.Equal(samples.Count, samples.Select(sample => sample.Series).Distinct().Count());
    }

    [Fact]
    public async Task Items_SeveralRunsOfOneBlueprint_AreAddedUp()
    {
        Pipeline pipeline = Held();
        await using PipelineRun first = await HeldAsync(pipeline, _name);
        await using PipelineRun second = await HeldAsync(pipeline, _name);
        await using PipelineRun other = await HeldAsync(Pipeline.Range(0, 100).ForEachAsync(HoldAsync, expression: "store"), _name + " other", 0);

        IReadOnlyList<Metrics.Sample> samples = _metrics.Collect();

        AssertValue(2, samples, "pipelines.active_runs", null);
        AssertValue(20, samples, "pipelines.block.items", "Range", ("outcome", "out"));
        AssertValue(6, samples, "pipelines.link.usage", "store", ("from", "even"));
        AssertValue(14, samples, "pipelines.link.limit", "store", ("from", "even"));
        Assert.Equal(samples.Count, samples.Select(sample => sample.Series).Distinct().Count());
    }

    [Fact]
    public async Task Items_OneOfSeveralRunsEnds_TheSumDoesNotGoDown()
    {
        Pipeline pipeline = Held();
        await using PipelineRun first = await HeldAsync(pipeline, _name);
        await using PipelineRun second = await HeldAsync(pipeline, _name);
        await first.DisposeAsync();

        IReadOnlyList<Metrics.Sample> samples = _metrics.Collect();

        AssertValue(1, samples, "pipelines.active_runs", null);
        AssertValue(20, samples, "pipelines.block.items", "Range", ("outcome", "out"));
        AssertValue(3, samples, "pipelines.link.usage", "store", ("from", "even"));
    }

    [Fact]
    public async Task Series_LastRunOfTheNameHasEnded_AreGone()
    {
        Pipeline pipeline = Held();
        PipelineRun first = await HeldAsync(pipeline, _name);
        PipelineRun second = await HeldAsync(pipeline, _name);
        Assert.NotEmpty(_metrics.Collect());
        await first.DisposeAsync();
        await second.DisposeAsync();

        Assert.Empty(_metrics.Collect());

        await using PipelineRun third = await HeldAsync(pipeline, _name);
        AssertValue(10, _metrics.Collect(), "pipelines.block.items", "Range", ("outcome", "out"));
    }

    [Fact]
    public async Task Series_ListenerComesInTheMiddleOfTheRun_AreThere()
    {
        await using PipelineRun run = await HeldAsync(Held(), _name);
        using var late = new Metrics(_name);

        AssertValue(10, late.Collect(), "pipelines.block.items", "Range", ("outcome", "out"));
    }

    [Fact]
    public async Task Duration_RunCompletes_IsRecordedOnce()
    {
        await Pipeline.Range(0, 10).ForEach(_ => { }).RunAsync(new PipelineOptions { Name = _name });

        Metrics.Sample sample = Assert.Single(_metrics.Recorded());
        Assert.Equal(("pipelines.run.duration", (object?)"completed"), (sample.Instrument, sample["outcome"]));
        Assert.DoesNotContain("error.type", sample.Tags.Keys);
        Assert.True(sample.Value > 0);
    }

    [Fact]
    public async Task Duration_RunFails_SaysWithWhat()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            Pipeline.Range(0, 10).ForEach(_ => throw new InvalidDataException()).RunAsync(new PipelineOptions { Name = _name }));

        Metrics.Sample sample = Assert.Single(_metrics.Recorded());
        Assert.Equal(("failed", (object?)"System.IO.InvalidDataException"), (sample["outcome"], sample["error.type"]));
    }

    [Fact]
    public async Task Duration_RunIsCancelledOrAborted_IsNoError()
    {
        using var cancellation = new CancellationTokenSource();
        PipelineRun run = await HeldAsync(Held(), _name, token: cancellation.Token);
        await cancellation.CancelAsync();
        await Ended.ExceptionAsync(run);
        run = await HeldAsync(Held(), _name);
        await run.DisposeAsync();

        Assert.Equal(["cancelled", "stopped"], _metrics.Recorded().Select(sample => sample["outcome"]));
        Assert.DoesNotContain(_metrics.Recorded(), sample => sample.Tags.ContainsKey("error.type"));
    }

    [Fact]
    public async Task Duration_ListenerThrows_TheRunEndsAllTheSame()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "pipelines.run.duration")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (tags.ToArray().Any(tag => Equals(tag.Value, _name)))
            {
                throw new InvalidDataException();
            }
        });
        listener.Start();

        PipelineReport report = await Pipeline.Range(0, 10).ForEach(_ => { }).RunAsync(new PipelineOptions { Name = _name });

        Assert.Equal(RunOutcome.Completed, report.Outcome);
    }

    [Fact]
    public async Task Counters_RunInMotion_NeverGoDown()
    {
        await using PipelineRun run = Pipeline.Produce<int>(EndlessAsync)
            .SelectAsync(async x => { await Task.Yield(); return x; }, new() { Parallelism = 3 })
            .Where(x => x % 3 != 0)
            .Buffer(8)
            .Select(x => x)
            .ForEachAsync(async _ => await Task.Yield())
            .Start(new PipelineOptions { Name = _name, Capacity = 16 });
        Dictionary<string, double> before = [];
        for (int i = 0; i < 300; i++)
        {
            foreach (Metrics.Sample sample in _metrics.Collect().Where(sample => sample.Instrument is "pipelines.block.items" or "pipelines.block.time"))
            {
                Assert.True(sample.Value >= before.GetValueOrDefault(sample.Series), $"{sample.Series} went down.");
                before[sample.Series] = sample.Value;
            }
        }
    }

    // A run that nothing will ever wake and nobody refers to is garbage: the meter must not keep it.
    [Fact]
    public void Series_RunIsGarbage_AreGone()
    {
        WeakReference run = Forgotten(_name);

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !run.IsAlive;
            },
            TimeSpan.FromSeconds(30)));
        Assert.Empty(_metrics.Collect());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten(string name)
    {
        var scheduler = new StepScheduler(1);
        PipelineRun run = Pipeline.Range(0, 10).ForEach(_ => { }).Start(new PipelineOptions { Name = name, Scheduler = scheduler });
        return new WeakReference(run);
    }

    private static async Task EndlessAsync(System.Threading.Channels.ChannelWriter<int> writer, CancellationToken token)
    {
        for (int i = 0; ; i++)
        {
            await writer.WriteAsync(i, token);
        }
    }

    // The consumer lets one item through and holds on to the second.
    private Pipeline Held() => Pipeline.Range(0, 10).Where(x => x % 2 == 0, new() { Name = "even" })
        .ForEachAsync(async (x, token) => await (x == 0 ? Task.CompletedTask : HoldAsync(x, token)), new() { Capacity = 7 }, "store");

    private Task HoldAsync(int item, CancellationToken token) => _release.Task.WaitAsync(token);

    private static async Task<PipelineRun> HeldAsync(Pipeline pipeline, string name, int consumed = 1, CancellationToken token = default)
    {
        var scheduler = new CountingScheduler();
        PipelineRun run = pipeline.Start(new PipelineOptions { Name = name, Scheduler = scheduler }, token);
        while (scheduler.Unfinished > 0 || scheduler.Ever == 0 || run.Snapshot().Blocks[^1].Out < consumed)
        {
            await Task.Yield();
        }

        return run;
    }

    private static void AssertValue(
        double expected, IReadOnlyList<Metrics.Sample> samples, string instrument, string? block, (string Tag, string Value)? tag = null)
    {
        Metrics.Sample sample = Assert.Single(samples, sample => sample.Instrument == instrument
            && Equals(sample["block"], block) && (tag is not { } given || Equals(sample[given.Tag], given.Value)));
        Assert.Equal(expected, sample.Value);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Pipelines.Tests.Diagnostics;

/// <summary>The span of a run, and who executes inside it.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly string _name = $"traced {Guid.NewGuid()}";
    private readonly ConcurrentQueue<Activity> _started = [];
    private readonly ConcurrentQueue<Activity> _stopped = [];
    private readonly ConcurrentQueue<(string Where, Activity? Span)> _seen = [];
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span => Add(_started, span),
            ActivityStopped = span => Add(_stopped, span),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Span_RunCompletes_IsOneNamedAfterThePipelineBelowTheCallers()
    {
        using Activity caller = new Activity("caller").Start();

        await Pipeline.Range(0, 10).ForEach(_ => { }).RunAsync(new PipelineOptions { Name = _name });

        Assert.Same(caller, Activity.Current);
        Activity span = Assert.Single(_stopped);
        Assert.Same(span, Assert.Single(_started));
        Assert.Equal(
            (_name, "completed", ActivityStatusCode.Unset, caller.SpanId), (span.DisplayName, span.GetTagItem("outcome"), span.Status, span.ParentSpanId));
        Assert.Equal(_name, span.GetTagItem("pipeline"));
        Assert.Null(span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Span_RunFails_HasTheExceptionAndTheBlock()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Pipeline.Range(0, 10)
            .ForEach(_ => throw new InvalidDataException("bad"), new() { Name = "store" }).RunAsync(new PipelineOptions { Name = _name }));

        Activity span = Assert.Single(_stopped);
        Assert.Equal((ActivityStatusCode.Error, "bad"), (span.Status, span.StatusDescription));
        Assert.Equal(
            ("failed", "System.IO.InvalidDataException", "store"), (span.GetTagItem("outcome"), span.GetTagItem("error.type"), span.GetTagItem("block")));
        Assert.Equal("exception", Assert.Single(span.Events).Name);
    }

    [Fact]
    public async Task Span_RunIsCancelledStoppedOrAborted_IsNoError()
    {
        using var cancellation = new CancellationTokenSource();
        PipelineRun run = Start(cancellation.Token);
        await cancellation.CancelAsync();
        await Ended.ExceptionAsync(run);
        await Start(default).StopAsync(TimeSpan.FromMinutes(1));
        run = Start(default);
        run.Abort();
        await Ended.ExceptionAsync(run);

        Assert.Equal(["cancelled", "stopped", "stopped"], _stopped.Select(span => span.GetTagItem("outcome")));
        Assert.All(_stopped, span => Assert.Equal(ActivityStatusCode.Unset, span.Status));

        PipelineRun Start(CancellationToken token) =>
            Pipeline.Produce<int>(EndlessAsync).ForEach(_ => { }).Start(new PipelineOptions { Name = _name }, token);
    }

    [Fact]
    public async Task Current_InEveryDelegate_IsTheRuns()
    {
        using Activity caller = new Activity("caller").Start();

        await Pipeline.Merge(Pipeline.From(Items()), Pipeline.From(AsyncItems()), Pipeline.Produce<int>(ProduceAsync))
            .Select(x => See("select", x))
            .SelectAsync(async x => { See("pool, before", x); await Task.Yield(); return See("pool, after", x); }, new() { Parallelism = 3 })
            .Select(x => See("parallel", x), new() { Parallelism = 2 })
            .Tee(branch => branch.ForEachAsync(async x => { await Task.Yield(); See("branch", x); }))
            .Batch(3, TimeSpan.FromMilliseconds(1))
            .SelectMany(batch => batch.Select(x => See("flatten", x)))
            .Transform<int>(CopyAsync)
            .Partition(x => See("key", x), 2, lane => lane.Where(x => See("lane", x) >= 0))
            .ForEachAsync(async x => { await Task.Yield(); See("store", x); })
            .RunAsync(new PipelineOptions { Name = _name });

        Activity span = Assert.Single(_stopped);
        Assert.Equal(13, _seen.Select(seen => seen.Where).Distinct().Count());
        Assert.All(_seen, seen => Assert.Same(span, seen.Span));
    }

    [Fact]
    public async Task Current_InHandlersOfTheEnd_IsTheRuns()
    {
        using Activity caller = new Activity("caller").Start();
        PipelineRun run = Pipeline.From(Items()).ForEachAsync(async (x, token) =>
            {
                token.Register(() => See("callback", x));
                _seen.Enqueue(("store", Activity.Current));
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            })
            .Start(new PipelineOptions { Name = _name, OnUndelivered = item => See("undelivered", (int)item.Item!) });
        await Task.Run(async () =>
        {
            while (!_seen.Any(seen => seen.Where == "store"))
            {
                await Task.Yield();
            }
        });
        using Activity other = new Activity("other").Start();
        run.Abort();
        await Ended.ExceptionAsync(run);

        Activity span = Assert.Single(_stopped);
        Assert.Contains(_seen, seen => seen.Where == "undelivered");
        Assert.Contains(_seen, seen => seen.Where == "callback");
        Assert.All(_seen, seen => Assert.Same(span, seen.Span));
    }

    [Fact]
    public async Task Current_RunWithinARun_IsItsChild()
    {
        using Activity caller = new Activity("caller").Start();
        string inner = _name + " inner";
        await Pipeline.Range(0, 1)
            .ForEachAsync(async _ => await Pipeline.Range(0, 1).ForEach(x => See("inner", x)).RunAsync(new PipelineOptions { Name = inner }))
            .RunAsync(new PipelineOptions { Name = _name });

        Activity span = Assert.Single(_seen).Span!;
        Assert.Equal(inner, span.DisplayName);
        Assert.Equal(_name, span.Parent!.DisplayName);
    }

    [Fact]
    public async Task Span_ListenerThrows_TheRunEndsAllTheSame()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineDiagnostics.ActivitySourceName,
            ActivityStopped = span =>
            {
                if (span.DisplayName == _name)
                {
                    throw new InvalidDataException();
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        PipelineReport report = await Pipeline.Range(0, 10).ForEach(_ => { }).RunAsync(new PipelineOptions { Name = _name });

        Assert.Equal(RunOutcome.Completed, report.Outcome);
    }

    private int See(string where, int item)
    {
        _seen.Enqueue((where, Activity.Current));
        return item;
    }

    private void Add(ConcurrentQueue<Activity> spans, Activity span)
    {
        if (span.DisplayName == _name)
        {
            spans.Enqueue(span);
        }
    }

    private IEnumerable<int> Items()
    {
        for (int i = 0; i < 20; i++)
        {
            yield return See("source", i);
        }
    }

    private async IAsyncEnumerable<int> AsyncItems()
    {
        for (int i = 0; i < 20; i++)
        {
            await Task.Yield();
            yield return See("async source", i);
        }
    }

    private async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
    {
        for (int i = 0; i < 20; i++)
        {
            await writer.WriteAsync(See("produce", i), token);
        }
    }

    private static async Task EndlessAsync(ChannelWriter<int> writer, CancellationToken token)
    {
        for (int i = 0; ; i++)
        {
            await writer.WriteAsync(i, token);
        }
    }

    private async Task CopyAsync(ChannelReader<int> reader, ChannelWriter<int> writer, CancellationToken token)
    {
        await foreach (int item in reader.ReadAllAsync(token))
        {
            await writer.WriteAsync(See("copy", item), token);
        }
    }
}

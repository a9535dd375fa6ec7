using System.Collections.Concurrent;
using System.Diagnostics;
using Pipelines.Workers;

namespace Pipelines.Tests.Diagnostics;

/// <summary>A long run was one endless trace: its items have traces of their own, linked to the run and to where they came from.</summary>
public sealed class ItemSpanTests : IDisposable
{
    private const int Items = 20;

    private readonly string _name = $"traced {Guid.NewGuid()}";
    private readonly ConcurrentQueue<Activity> _stopped = [];
    private readonly ConcurrentDictionary<int, Activity?> _seen = [];
    private readonly ActivityListener _listener;
    private bool _startThrows;
    private bool _stopThrows;

    public ItemSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                IsOurs(options.Name, options.Tags) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStarted = span => Throw(_startThrows && IsItems(span)),
            ActivityStopped = span =>
            {
                if (IsOurs(span.DisplayName, span.TagObjects))
                {
                    _stopped.Enqueue(span);
                    Throw(_stopThrows && IsItems(span));
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
        Activity.Current = null;
    }

    public static TheoryData<string> Blocks() =>
        ["SelectAsync", "SelectAsync at once", "pool", "unordered pool", "worker", "limit", "WhereAsync", "ForEachAsync"];

    public void Dispose() => _listener.Dispose();

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Span_OfAnItemInARunThatNobodyWaitsFor_IsATraceOfItsOwnLinkedToTheRun(string block)
    {
        await Of(Pipeline.Range(0, Items), block, SeeAsync).RunAsync(new PipelineOptions { Name = _name });

        Activity run = Assert.Single(_stopped, span => !IsItems(span));
        Activity[] items = [.. _stopped.Where(IsItems)];
        Assert.Equal(Items, items.Length);
        Assert.Equal(Items + 1, items.Append(run).DistinctBy(span => span.TraceId).Count());
        Assert.All(items, span =>
        {
            Assert.Equal(("block", default), (span.DisplayName, span.ParentSpanId));
            Assert.Equal(run.Context, Assert.Single(span.Links).Context);
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
        });
        Assert.Equal(items.Select(span => span.SpanId.ToString()).Order(), _seen.Values.Select(span => span!.SpanId.ToString()).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Span_OfAnItemThatCameWithAContext_IsLinkedToThatToo(bool isWithinASpan)
    {
        using Activity? caller = isWithinASpan ? new Activity("caller").Start() : null;
        ActivityContext[] own = [.. Enumerable.Range(0, Items).Select(_ => new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true))];

        await Of(Pipeline.Range(0, Items), "pool", SeeAsync).RunAsync(
            new PipelineOptions { Name = _name, ItemContext = item => (int)item! % 2 == 0 ? own[(int)item] : default });

        Activity run = Assert.Single(_stopped, span => !IsItems(span));
        Assert.Equal(caller?.SpanId ?? default, run.ParentSpanId);
        foreach ((int item, Activity? span) in _seen)
        {
            ActivityContext[] expected = item % 2 == 0 ? [own[item], run.Context] : [run.Context];
            Assert.Equal(expected, span!.Links.Select(link => link.Context));
            Assert.Equal(default, span.ParentSpanId);
        }
    }

    [Fact]
    public async Task Span_OfARunWithinASpan_HasTheDelegatesInsideAndNoneOfItems()
    {
        using Activity caller = new Activity("caller").Start();

        await Of(Pipeline.Range(0, Items), "pool", SeeAsync).RunAsync(new PipelineOptions { Name = _name });

        Activity run = Assert.Single(_stopped);
        Assert.All(_seen.Values, span => Assert.Same(run, span));
    }

    [Fact]
    public async Task Current_InASynchronousDelegateOfARunThatNobodyWaitsFor_IsNone()
    {
        await Pipeline.Range(0, Items).Select(x => See(x)).Select(x => See(Items + x), new() { Parallelism = 2 }).ForEach(_ => { })
            .RunAsync(new PipelineOptions { Name = _name });

        Assert.Equal(2 * Items, _seen.Count);
        Assert.All(_seen.Values, Assert.Null);
    }

    [Theory]
    [InlineData("SelectAsync")]
    [InlineData("SelectAsync at once")]
    [InlineData("pool")]
    public async Task Span_ItemFails_HasItsException(string block)
    {
        await Of(Pipeline.Range(0, Items), block, x => x == 7 ? throw new InvalidDataException("item 7") : SeeAsync(x))
            .RunAsync(new PipelineOptions { Name = _name, OnError = ErrorPolicy.Skip });

        Assert.Equal(Items, _stopped.Count(IsItems));
        Activity failed = Assert.Single(_stopped, span => span.Status == ActivityStatusCode.Error);
        Assert.Equal(("item 7", "System.IO.InvalidDataException"), (failed.StatusDescription, failed.GetTagItem("error.type")));
        Assert.Equal("exception", Assert.Single(failed.Events).Name);
    }

    [Fact]
    public async Task ItemContext_Throws_FailsTheItem()
    {
        PipelineReport report = await Of(Pipeline.Range(0, Items), "SelectAsync", SeeAsync).RunAsync(new PipelineOptions
        {
            Name = _name,
            OnError = ErrorPolicy.Skip,
            ItemContext = item => (int)item! == 7 ? throw new InvalidDataException() : default,
        });

        Assert.Equal(1, report.Blocks.Sum(row => row.Failed));
        Assert.Equal(Items - 1, _seen.Count);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Span_ListenerThrows_TheRunGoesOnAllTheSame(bool atStart, bool atEnd)
    {
        (_startThrows, _stopThrows) = (atStart, atEnd);

        PipelineReport report = await Of(Pipeline.Range(0, Items), "pool", SeeAsync).RunAsync(new PipelineOptions { Name = _name });

        Assert.Equal((RunOutcome.Completed, Items), (report.Outcome, _seen.Count));
    }

    [Fact]
    public async Task Span_OfAJob_IsLinkedToWhereItWasGivenToThePool()
    {
        var pool = new WorkerPool<int, int>(async (x, _) => await SeeAsync(x), new WorkerPoolOptions { Name = _name });
        using Activity caller = new Activity("caller").Start();
        await pool.RunAsync(1);
        await pool.DisposeAsync();

        Assert.Same(caller, _seen[1]); // the work is the caller's
        Assert.Equal(caller.Context, Assert.Single(_stopped, IsItems).Links.First().Context);
    }

    [Fact]
    public async Task Span_NobodyListens_IsNone()
    {
        _listener.Dispose();
        await Of(Pipeline.Range(0, Items), "pool", SeeAsync).RunAsync(
            new PipelineOptions { Name = _name, ItemContext = _ => throw new UnreachableException() });

        Assert.Equal(Items, _seen.Count);
        Assert.Empty(_stopped);
    }

    private static Pipeline Of(Pipeline<int> items, string block, Func<int, ValueTask<int>> see)
    {
        BlockOptions options = new() { Name = "block" };
        BlockOptions pool = options with { Parallelism = 3 };
        return block switch
        {
            "SelectAsync" => items.SelectAsync(see, options).ForEach(_ => { }),
            "SelectAsync at once" => items.SelectAsync(x => new ValueTask<int>(see(x).AsTask().GetAwaiter().GetResult()), options).ForEach(_ => { }),
            "pool" => items.SelectAsync(see, pool).ForEach(_ => { }),
            "unordered pool" => items.SelectAsync(see, pool with { Ordered = false }).ForEach(_ => { }),
            "worker" => items.SelectAsync(() => new object(), (_, x, _) => see(x), pool).ForEach(_ => { }),
            "limit" => items.SelectAsync(see, pool with { Timeout = TimeSpan.FromHours(1) }).ForEach(_ => { }),
            "WhereAsync" => items.WhereAsync(async x => await see(x) >= 0, options).ForEach(_ => { }),
            _ => items.ForEachAsync(async x => await see(x), options),
        };
    }

    private static bool IsItems(Activity span) => span.GetTagItem("block") is string block && span.DisplayName == block;

    private static void Throw(bool does)
    {
        if (does)
        {
            throw new InvalidDataException("the listener");
        }
    }

    private bool IsOurs(string name, IEnumerable<KeyValuePair<string, object?>>? tags) =>
        name == _name || (tags?.Any(tag => tag.Key == "pipeline" && (string?)tag.Value == _name) ?? false);

    private int See(int item)
    {
        _seen[item] = Activity.Current;
        return item;
    }

    private async ValueTask<int> SeeAsync(int item)
    {
        Activity? before = Activity.Current;
        await Task.Yield();
        Assert.Same(before, Activity.Current);
        return See(item);
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Tests.Ownership;

/// <summary>With <see cref="PipelineOptions.DisposeUndelivered"/> each item that goes no further is disposed, once, wherever it is and whatever our blocks
/// have put it into; what has arrived, or is in other hands, is not.</summary>
public sealed class DisposalTests
{
    private static readonly Dictionary<string, (bool Shares, Func<Pipeline<Owned>, Pipeline<object>> Build)> s_shapes = new()
    {
        ["plain"] = (false, p => p.Buffer(2).Select(x => x).Buffer(1).SelectAsync(x => new ValueTask<Owned>(x), new() { Parallelism = 2 }).Buffer(1).Cast<object>()),
        ["Batch"] = (false, p => p.Batch(3).Cast<object>()),
        ["Batch behind buffers"] = (false, p => p.Buffer(2).Batch(3).Buffer(1).Buffer(2).Cast<object>()),
        ["Batch by age"] = (false, p => p.Batch(3, TimeSpan.FromHours(1)).Buffer(2).Cast<object>()),
        ["Batch by weight"] = (false, p => p.Batch(3, _ => 1).Buffer(2).Cast<object>()),
        ["Batch of batches"] = (false, p => p.Batch(2).Batch(2).Buffer(2).Cast<object>()),
        ["Index"] = (false, p => p.Index().Buffer(2).Buffer(3).Cast<object>()),
        ["Batch of Index"] = (false, p => p.Index().Batch(2).Buffer(2).Cast<object>()),
        ["Index of Batch"] = (false, p => p.Batch(2).Index().Buffer(2).Cast<object>()),
        ["Window without overlap"] = (false, p => p.Window(2, 2).Buffer(2).Cast<object>()),
        ["Take and Skip"] = (false, p => p.Batch(2).Skip(1).Take(1000).Buffer(2).Where(_ => true).Buffer(1).Cast<object>()),
        ["OfType"] = (false, p => p.Batch(2).Cast<object>().OfType<Owned[]>().Buffer(2).Distinct().Buffer(1).Cast<object>()),
        ["pool"] = (false, p => p.Batch(2).Where(_ => true, new() { Parallelism = 2 }).WhereAsync(_ => new ValueTask<bool>(true), new() { Parallelism = 2 }).Buffer(1).Cast<object>()),
        ["Merge"] = (false, p => p.Batch(2).Merge(Pipeline.Range(0, 0).Select(_ => Array.Empty<Owned>())).Buffer(1).Cast<object>()),
        ["Concat"] = (false, p => p.Batch(2).Concat(Pipeline.Range(0, 0).Select(_ => Array.Empty<Owned>())).Buffer(1).Cast<object>()),
        ["Append and Prepend"] = (false, p => p.Batch(2).Append([]).Prepend([]).Buffer(1).Cast<object>()),
        ["Partition"] = (false, p => p.Batch(2).Partition(x => x[0].Number, 2, lane => lane.Buffer(1)).Buffer(1).Cast<object>()),
        ["Zip"] = (false, p => p.Zip(Pipeline.Range(0, int.MaxValue)).Buffer(2).Cast<object>()),
        ["Window that overlaps"] = (true, p => p.Window(3, 1).Buffer(2).Cast<object>()),
        ["Pairwise"] = (true, p => p.Pairwise().Buffer(2).Cast<object>()),
        ["Tee"] = (true, p => p.Tee(b => b.Buffer(2).Take(40).ForEach(_ => { })).Batch(2).Buffer(1).Cast<object>()),
    };

    public static TheoryData<string, string, bool> Cases()
    {
        TheoryData<string, string, bool> cases = [];
        foreach (string shape in s_shapes.Keys)
        {
            foreach (string ending in (string[])["abort", "cancel", "fail", "stop at once", "take"])
            {
                cases.Add(shape, ending, false);
                cases.Add(shape, ending, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_Ended_EachItemWasDisposedOnceOrHasArrived(string shape, string ending, bool later)
    {
        foreach (int capacity in (int[])[1, 2, 16])
        {
            await TryAsync(shape, ending, later, capacity);
        }
    }

    private static async Task TryAsync(string shape, string ending, bool later, int capacity)
    {
        (bool shares, Func<Pipeline<Owned>, Pipeline<object>> build) = s_shapes[shape];
        ConcurrentQueue<Owned> made = [];
        List<Owned> arrived = [];
        List<UndeliveredItem> back = [];
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thrown = new InvalidDataException();
        using var source = new CancellationTokenSource();
        Pipeline<object> pipeline = build(Pipeline.From(Items()));
        int groups = 0;
        await using PipelineRun run = (ending == "take" ? pipeline.Take(3) : pipeline).ForEachAsync(async (group, token) =>
            {
                if (ending == "take" || ++groups < 3)
                {
                    arrived.AddRange(PartsOf(group));
                    return;
                }

                reached.TrySetResult();
                await full.Task.WaitAsync(token);
                throw thrown;
            })
            .Start(new PipelineOptions { Capacity = capacity, DisposeUndelivered = true, OnUndelivered = item => Noted(back, item) }, source.Token);
        if (ending != "take")
        {
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        switch (ending)
        {
            case "abort":
                run.Abort();
                break;
            case "cancel":
                await source.CancelAsync();
                break;
            case "fail":
                full.SetResult();
                break;
            case "stop at once":
                _ = run.StopAsync(TimeSpan.Zero);
                break;
        }

        PipelineReport report = await Ended.ReportAsync(run, shape);
        string story = $"{shape}, {ending}, {capacity}\n{report}";
        UndeliveredReason reason = ending switch
        {
            "abort" or "stop at once" => UndeliveredReason.Aborted,
            "cancel" => UndeliveredReason.Cancelled,
            "fail" => UndeliveredReason.Failed,
            _ => UndeliveredReason.NotWanted,
        };
        Assert.Equal(report.Undelivered, back.Count);
        Assert.All(back, item => Assert.True(item.Reason == reason, $"{item.Reason}. {story}"));
        Assert.All(back, item => Assert.True(report.Blocks.Any(block => block.Name == item.Block && block.Undelivered > 0), $"{item.Block}. {story}"));
        HashSet<Owned> gone = [.. arrived];
        bool hasFailed = ending == "fail"; // the group that it failed on is nobody's any more but whoever reads the failure's
        HashSet<Owned> failed = hasFailed ? [.. PartsOf(run.Failure!.Item)] : [];
        foreach (Owned item in made)
        {
            bool isOwned = !shares && !gone.Contains(item) && !failed.Contains(item) && !(shape == "Take and Skip" && item.Number < 2);
            if (shares)
            {
                Assert.True(item.Disposals <= 1 && (item.Disposals == 0 || !gone.Contains(item)), $"Item {item.Number} was disposed, and is in other hands. {story}");
            }
            else
            {
                Assert.True(item.Disposals == (isOwned ? 1 : 0), $"Item {item.Number} was disposed {item.Disposals} times. {story}");
            }
        }

        IEnumerable<Owned> Items()
        {
            for (int i = 0; ; i++)
            {
                Owned item = later ? new DisposedLater(i) : new Disposed(i);
                made.Enqueue(item);
                yield return item;
            }
        }
    }

    // They are gone as they drop, not when the run ends: an endless run would keep them all.
    [Theory]
    [InlineData("oldest", false)]
    [InlineData("oldest", true)]
    [InlineData("newest", false)]
    [InlineData("newest", true)]
    [InlineData("write", false)]
    [InlineData("write", true)]
    [InlineData("branch that has ended", false)]
    [InlineData("branch that has ended", true)]
    [InlineData("lane that has ended", false)]
    [InlineData("lane that has ended", true)]
    [InlineData("observable, oldest", false)]
    [InlineData("observable, oldest", true)]
    [InlineData("observable, newest", false)]
    [InlineData("observable, newest", true)]
    public async Task Item_Drops_IsDisposedWhileTheRunGoesOn(string how, bool later)
    {
        List<UndeliveredItem> back = [];
        Owned[] items = [.. Enumerable.Range(0, 20).Select(i => (Owned)(later ? new DisposedLater(i) : new Disposed(i)))];
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int lanes = 0;
        Pipeline<Owned> source = Pipeline.From(GivenAsync());
        Pipeline pipeline = how switch
        {
            "oldest" => source.Buffer(2, BoundedChannelFullMode.DropOldest).ForEachAsync(HoldAsync),
            "newest" => source.Buffer(2, BoundedChannelFullMode.DropNewest).ForEachAsync(HoldAsync),
            "write" => source.Buffer(2, BoundedChannelFullMode.DropWrite).ForEachAsync(HoldAsync),
            "branch that has ended" => source.When(x => x.Number % 2 == 0, b => b.Take(1).ForEach(_ => { })).ForEach(_ => { }),
            "lane that has ended" => source.Partition(x => x.Number % 2, 2, lane => lanes++ == 0 ? lane.Take(1) : lane.Where(_ => true)).ForEach(_ => { }),
            "observable, oldest" => Pipeline.From(new Pushing(items), new() { WhenFull = ObservableOverflow.DropOldest, Capacity = 2 }).ForEachAsync(HoldAsync),
            _ => Pipeline.From(new Pushing(items), new() { WhenFull = ObservableOverflow.DropNewest, Capacity = 2 }).ForEachAsync(HoldAsync),
        };
        await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = 1, DisposeUndelivered = true, OnUndelivered = item => Noted(back, item) });

        // 20 items, of which no more than a handful can be somewhere.
        bool isLane = how.Contains("ended", StringComparison.Ordinal);
        int atLeast = isLane ? 5 : 12;
        bool areGone = SpinWait.SpinUntil(() => items.Sum(item => item.Disposals) >= atLeast, TimeSpan.FromSeconds(30));
        Assert.True(areGone, $"{items.Sum(item => item.Disposals)} were disposed.\n{run.Snapshot()}");
        Assert.False(run.Completion.IsCompleted);

        held.SetResult();
        ended.SetResult();
        PipelineReport report = await Ended.ReportAsync(run, how);

        UndeliveredReason reason = isLane ? UndeliveredReason.NotWanted : UndeliveredReason.Dropped;
        Assert.All(back, item => Assert.Equal((reason, false), (item.Reason, item.IsShared)));
        Assert.Equal(report.Undelivered + report.Blocks.Sum(block => block.Dropped), back.Count);
        Assert.Equal(back.Select(item => ((Owned)item.Item!).Number).Order(), items.Where(item => item.Disposals == 1).Select(item => item.Number));
        Assert.DoesNotContain(items, item => item.Disposals > 1);
        Conservation.AssertHolds(report, how);

        async IAsyncEnumerable<Owned> GivenAsync()
        {
            foreach (Owned item in items)
            {
                yield return item;
            }

            await ended.Task;
        }

        async ValueTask HoldAsync(Owned item) => await held.Task;
    }

    // What the user has put into an array or a tuple of his own is his.
    [Fact]
    public async Task Array_OfTheUsers_IsLeftAlone()
    {
        List<Owned> made = [];
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(Arrays()).Index().Batch(2).ForEachAsync(async (_, token) =>
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            })
            .Start(new PipelineOptions { Capacity = 2, DisposeUndelivered = true });
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        await Ended.ReportAsync(run);

        Assert.NotEmpty(made);
        Assert.All(made, item => Assert.Equal(0, item.Disposals));

        IEnumerable<Disposed[]> Arrays()
        {
            for (int i = 0; ; i++)
            {
                var item = new Disposed(i);
                made.Add(item);
                yield return [item];
            }
        }
    }

    // What waits in front of a Tee is in one pair of hands.
    [Fact]
    public async Task Item_InFrontOfATee_IsDisposed()
    {
        List<Owned> made = [];
        List<UndeliveredItem> back = [];
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(Items()).Buffer(4).Tee(b => b.ForEach(_ => { }), new() { Name = "tee" }).ForEachAsync(async (_, token) =>
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }, new() { Name = "end" })
            .Start(new PipelineOptions { Capacity = 1, DisposeUndelivered = true, OnUndelivered = back.Add });
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        await Ended.ReportAsync(run);

        Assert.All(back, item => Assert.Equal(item.Block is not ("Buffer(4)" or "tee"), item.IsShared));
        Assert.All(back, item => Assert.Equal(item.IsShared ? 0 : 1, ((Owned)item.Item!).Disposals));

        IEnumerable<Owned> Items()
        {
            for (int i = 0; ; i++)
            {
                var item = new Disposed(i);
                made.Add(item);
                yield return item;
            }
        }
    }

    private static IEnumerable<Owned> PartsOf(object? group) => group switch
    {
        Owned item => [item],
        Array array => array.Cast<object?>().SelectMany(PartsOf),
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => PartsOf(tuple[i])),
        _ => [],
    };

    private static void Noted(List<UndeliveredItem> back, UndeliveredItem item)
    {
        lock (back)
        {
            back.Add(item);
        }
    }

    private sealed class Pushing(Owned[] items) : IObservable<Owned>, IDisposable
    {
        public IDisposable Subscribe(IObserver<Owned> observer)
        {
            foreach (Owned item in items)
            {
                observer.OnNext(item);
            }

            observer.OnCompleted();
            return this;
        }

        public void Dispose()
        {
        }
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests;

/// <summary>Promises that hold for a whole run, beyond what the contract of single blocks says.</summary>
public sealed partial class PromiseTests
{
    public static TheoryData<int> Shapes() => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Bounded_ItemsInFlight_NeverExceedTheGraphsFigure(int shape)
    {
        int inFlight = 0;
        int most = 0;
        Pipeline<int> source = Pipeline.From(Source());
        Pipeline pipeline = (shape switch
        {
            0 => source.Select(x => x),
            1 => source.Buffer(3).Select(x => x).Buffer(5),
            2 => source.Select(x => x, new() { Parallelism = 4, Capacity = 7 }),
            _ =>
                source.Buffer(2).SelectAsync(async x => { await Task.Yield(); return x; }, new() { Parallelism = 3, Capacity = 4 }).Batch(5).SelectMany(x => x),
        }).ForEach(_ => Interlocked.Decrement(ref inFlight));
        await pipeline.RunAsync();

        Assert.InRange(most, 1, pipeline.Graph.MaxInFlight!.Value);
        Assert.Equal(0, inFlight);

        IEnumerable<int> Source()
        {
            for (int i = 0; i < 5000; i++)
            {
                most = Math.Max(most, Interlocked.Increment(ref inFlight));
                yield return i;
            }
        }
    }

    [Fact]
    public void Bounded_UnboundedBuffer_HasNoFigure() =>
        Assert.Null(Pipeline.Range(0, 1).Buffer(int.MaxValue).ForEach(_ => { }).Graph.MaxInFlight);

    [Fact]
    public async Task UserCode_NeverRunsOnTheCallersThread()
    {
        var ended = new TaskCompletionSource<bool>();
        new Thread(() => ended.SetResult(RunsUserCodeOnThisThread())).Start();
        Assert.False(await ended.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    // Starts, cancels and disposes on a thread of its own, which nobody else can be given.
    private static bool RunsUserCodeOnThisThread()
    {
        using var source = new CancellationTokenSource();
        int caller = Environment.CurrentManagedThreadId;
        bool onCaller = false;
        using var reached = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var cancelled = new TaskCompletionSource();
        void Look() => onCaller |= Environment.CurrentManagedThreadId == caller;

        PipelineRun run = Pipeline.Range(0, 10)
            .Do(_ => Look())
            .SelectAsync(async (x, token) =>
            {
                token.Register(Look);
                token.Register(cancelled.SetResult);
                reached.Set();
                await cancelled.Task;
                return x;
            })
            .ForEach(_ => Look())
            .Start(new PipelineOptions { OnUndelivered = _ => Look() }, source.Token);
        reached.Wait();
        source.Cancel();
        run.Completion.ContinueWith(_ => ended.Set(), TaskScheduler.Default);
        ended.Wait();
        return onCaller;
    }

    [Fact]
    public async Task Scheduler_ManyPipelinesOnOneThread_AllEnd()
    {
        TaskScheduler oneAtATime = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        Task<int>[] runs =
        [
            .. Enumerable.Range(0, 50).Select(_ => Pipeline.Range(0, 200)
                .Buffer(2)
                .SelectAsync(async x => { await Task.Yield(); return x; })
                .Select(x => x, new BlockOptions { Parallelism = 3 })
                .Tee(branch => branch.ForEachAsync(async _ => await Task.Yield()))
                .CountAsync(new PipelineOptions { Scheduler = oneAtATime, Capacity = 1 })),
        ];
        int[] counts = await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(counts, count => Assert.Equal(200, count));
    }

    [Fact]
    public async Task Delegates_SeeWhatWasAmbientWhenTheRunWasStarted()
    {
        var ambient = new AsyncLocal<string> { Value = "here" };
        List<string> seen = await Pipeline.Range(0, 3)
            .Select(_ => ambient.Value ?? "")
            .SelectAsync(async x => { await Task.Yield(); return x + ambient.Value; })
            .Select(x => x + ambient.Value, new BlockOptions { Parallelism = 2 })
            .ToListAsync();

        Assert.All(seen, x => Assert.Equal("hereherehere", x));
    }

    [Fact]
    public async Task Concat_SecondSource_IsNotTouchedBeforeTheFirstHasEnded()
    {
        bool firstEnded = false;
        bool tooEarly = false;
        List<int> all = await Pipeline.Concat(Pipeline.From(First()), Pipeline.From(Second())).ToListAsync(new PipelineOptions { Capacity = 1 });

        Assert.False(tooEarly);
        Assert.Equal([1, 2, 3, 4], all);

        IEnumerable<int> First()
        {
            yield return 1;
            yield return 2;
            firstEnded = true;
        }

        IEnumerable<int> Second()
        {
            tooEarly = !firstEnded;
            yield return 3;
            yield return 4;
        }
    }
}

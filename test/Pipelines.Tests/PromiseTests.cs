using System.Threading.Channels;

namespace Pipelines.Tests;

/// <summary>Promises that hold for a whole run, beyond what the contract of single blocks says.</summary>
public sealed class PromiseTests
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
    public async Task Cancellation_ThrownByUserCodeForAnotherCause_IsAFailure()
    {
        var timeout = new OperationCanceledException("an HTTP time-out");
        await using PipelineRun run = Pipeline.Range(0, 10).SelectAsync(x => ValueTask.FromException<int>(timeout)).ForEach(_ => { }).Start();

        Assert.Same(timeout, await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Undelivered_DisposableItems_AreDisposedOnlyWhereThatWasAskedFor(bool asked)
    {
        List<MemoryStream> made = [];
        var stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(Source())
            .ForEachAsync(async (MemoryStream _, CancellationToken token) =>
            {
                stuck.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            })
            .Start(new() { DisposeUndelivered = asked });
        await stuck.Task;
        run.Abort();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(made.Count, report.Undelivered);
        Assert.All(made, stream => Assert.Equal(!asked, stream.CanRead));

        IEnumerable<MemoryStream> Source()
        {
            for (int i = 0; i < 20; i++)
            {
                made.Add(new MemoryStream());
                yield return made[^1];
            }
        }
    }

    [Fact]
    public async Task Undelivered_HandlerThrows_FailsTheRun()
    {
        var thrown = new InvalidDataException();
        await using PipelineRun run = Pipeline.Range(0, 100).Buffer(10).Take(1).ForEach(_ => { })
            .Start(new PipelineOptions { OnUndelivered = _ => throw thrown });

        // Without anything left over there is nothing to throw at; then the run is complete.
        Exception? error = await Ended.ExceptionAsync(run);
        Assert.Equal(run.Snapshot().Undelivered > 0 ? thrown : null, error);
    }

    [Fact]
    public async Task OneShotSource_SecondRun_IsRefusedWhereItIsStarted()
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        channel.Writer.Complete();
        Pipeline pipeline = Pipeline.From(channel.Reader).ForEach(_ => { });
        await pipeline.RunAsync();

        Assert.Contains("channel", Assert.Throws<InvalidOperationException>(() => { _ = pipeline.RunAsync(); }).Message);
    }

    // A run that does not start has used nothing: what it had already laid its hands on is there for another.
    [Fact]
    public async Task OneShotSource_OfARunThatIsRefusedForAnother_MayStillBeRun()
    {
        Pipeline<int> used = Pipeline.From(Completed(1));
        await used.ToListAsync();
        Pipeline<int> unused = Pipeline.From(Completed(2));
        Pipeline<int> both = Pipeline.Concat(unused, used);

        Assert.Throws<InvalidOperationException>(() => { _ = both.ToListAsync(); });
        Assert.Equal([2], await unused.ToListAsync());
        Assert.Throws<InvalidOperationException>(() => { _ = unused.ToListAsync(); });

        static ChannelReader<int> Completed(int item)
        {
            Channel<int> channel = Channel.CreateUnbounded<int>();
            channel.Writer.TryWrite(item);
            channel.Writer.Complete();
            return channel.Reader;
        }
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_EndsTheRunAndGivesBackTheRest()
    {
        int made = 0;
        int given = 0;
        int read = 0;
        bool disposed = false;
        await foreach (int x in Pipeline.From(Source()).Buffer(4).ReadAllAsync(new PipelineOptions { Capacity = 4, OnUndelivered = _ => given++ }))
        {
            if (++read == 10)
            {
                break;
            }
        }

        Assert.True(disposed);
        Assert.Equal(made, read + given);

        IEnumerable<int> Source()
        {
            try
            {
                while (true)
                {
                    yield return made++;
                }
            }
            finally
            {
                disposed = true;
            }
        }
    }

    [Fact]
    public async Task ReadAllAsync_ABlockFails_YieldsWhatCameBeforeAndThrowsTheOriginal()
    {
        List<int> read = [];
        await Assert.ThrowsAsync<DivideByZeroException>(async () =>
        {
            await foreach (int x in Pipeline.Range(0, 10).Select(x => 10 / (5 - x)).ReadAllAsync())
            {
                read.Add(x);
            }
        });

        Assert.Equal([2, 2, 3, 5, 10], read);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("fail")]
    [InlineData("cancel")]
    public async Task ToChannelWriter_HoweverTheRunEnds_PassesThatOn(string ending)
    {
        using var source = new CancellationTokenSource();
        Channel<int> channel = Channel.CreateUnbounded<int>();
        Pipeline pipeline = Pipeline.Range(0, 10)
            .Do(x =>
            {
                if (x == 5 && ending == "fail")
                {
                    throw new InvalidDataException();
                }

                if (x == 5 && ending == "cancel")
                {
                    source.Cancel();
                }
            })
            .To(channel.Writer);
        await using PipelineRun run = pipeline.Start(cancellationToken: source.Token);
        await Ended.ExceptionAsync(run);
        while (channel.Reader.TryRead(out _))
        {
        }

        Task end = channel.Reader.Completion;
        await end.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(
            ending switch { "fail" => TaskStatus.Faulted, "cancel" => TaskStatus.Canceled, _ => TaskStatus.RanToCompletion }, end.Status);
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

    [Fact]
    public async Task Produce_WriterCompletedWithAnError_FailsTheRunAndLooksLikeNoGoodEnd()
    {
        var thrown = new InvalidDataException();
        bool sawGoodEnd = false;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () => await writer.WriteAsync(i, token), token)));
                writer.Complete(thrown);
            })
            .Consume(async (reader, token) =>
            {
                await foreach (int _ in reader.ReadAllAsync(token))
                {
                }

                sawGoodEnd = true;
            })
            .Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.False(sawGoodEnd);
    }
}

namespace Pipelines.Tests.Execution;

/// <summary>Where user code runs, and what a run does with what user code throws.</summary>
public sealed class UserCodeTests
{
    [Fact]
    public async Task Scheduler_EveryKindOfUserCode_RunsOnIt()
    {
        var scheduler = new CountingScheduler();
        List<string> elsewhere = [];
        var held = new TaskCompletionSource();
        var stuck = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.Merge(Pipeline.From(Items()), Pipeline.From(ItemsAsync()), Pipeline.Produce<int>(async (writer, token) =>
            {
                await writer.WriteAsync(1, token);
                Look("produce");
            }))
            .Select(x => Seen(x, "select"))
            .Buffer(2)
            .Where(_ => Seen(true, "where"))
            .SelectAsync(async x => Seen(await OtherThreadAsync(x), "await"))
            .Select(x => Seen(x, "pool"), new() { Parallelism = 3 })
            .SelectAsync(() => new Worker(Look), async (_, x) => Seen(await OtherThreadAsync(x), "worker"), new() { Parallelism = 3 })
            .Partition(x => Seen(x, "key"), 2, lane => lane.Do(_ => Look("lane")))
            .Tee(branch => branch.ForEach(_ => Look("branch")))
            .ForEachAsync(async (x, token) =>
            {
                Look("consume");
                token.Register(() => Look("token"));
                stuck.TrySetResult();
                await held.Task.WaitAsync(token);
            })
            .Start(new PipelineOptions { Scheduler = scheduler, Capacity = 2, OnUndelivered = _ => Look("undelivered") });
        await stuck.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Empty(elsewhere);
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.True(scheduler.Ever > 0);

        T Seen<T>(T item, string where)
        {
            Look(where);
            return item;
        }

        void Look(string where)
        {
            if (TaskScheduler.Current != scheduler)
            {
                lock (elsewhere)
                {
                    elsewhere.Add(where);
                }
            }
        }

        IEnumerable<int> Items()
        {
            for (int i = 0; i < 50; i++)
            {
                yield return Seen(i, "items");
            }
        }

        async IAsyncEnumerable<int> ItemsAsync()
        {
            for (int i = 0; i < 50; i++)
            {
                yield return Seen(await OtherThreadAsync(i), "asynchronous items");
            }
        }
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("stop")]
    [InlineData("dispose")]
    public async Task Request_MadeOnAThread_RunsNoUserCodeOnThatThread(string request)
    {
        var ended = new TaskCompletionSource<List<string>>();
        new Thread(() => ended.SetResult(UserCodeOnThisThread(request))).Start();
        Assert.Empty(await ended.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Failure_AnotherOneWhileTheRunAborts_IsKeptBesideTheFirst()
    {
        var first = new InvalidDataException("first");
        var second = new InvalidOperationException("second");
        var third = new ArithmeticException("third");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, 10)
            .SelectAsync(
                async (x, token) =>
                {
                    if (x == 1)
                    {
                        begun.SetResult();
                        await UntilCancelledAsync(token);
                        throw second;
                    }

                    return x;
                },
                new() { Name = "late" })
            .ForEachAsync(
                async _ =>
                {
                    await begun.Task;
                    throw first;
                },
                new() { Name = "early" })
            .Start(new PipelineOptions { Capacity = 2, OnUndelivered = _ => throw third });
        Exception? error = await Ended.ExceptionAsync(run);
        PipelineReport report = run.Snapshot();

        Assert.Same(first, error);
        Assert.Equal(("early", (object)0), (report.Failure!.Block, report.Failure.Item));
        Assert.Equal(("late", (object)1), (report.LaterFailures[0].Block, report.LaterFailures[0].Item));
        Assert.Same(second, report.LaterFailures[0].Exception);
        Assert.All(report.LaterFailures.Skip(1), failure => Assert.Same(third, failure.Exception));
        Assert.Equal(report.Undelivered, report.LaterFailures.Count - 1);
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public async Task Failure_WhileTheRunIsCancelled_LeavesItCancelled()
    {
        using var source = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, 10)
            .ForEachAsync(async (_, token) =>
            {
                begun.TrySetResult();
                await UntilCancelledAsync(token);
                throw new InvalidDataException();
            })
            .Start(cancellationToken: source.Token);
        await begun.Task;
        await source.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await Ended.ExceptionAsync(run));
        PipelineReport report = run.Snapshot();
        Assert.Equal((RunOutcome.Cancelled, null), (report.Outcome, report.Failure));
        Assert.IsType<InvalidDataException>(Assert.Single(report.LaterFailures).Exception);
        Conservation.AssertHoldsInLine(report);
    }

    private static List<string> UserCodeOnThisThread(string request)
    {
        int caller = Environment.CurrentManagedThreadId;
        List<string> here = [];
        using var reached = new CountdownEvent(2);
        using var ended = new ManualResetEventSlim();
        PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                using CancellationTokenRegistration registration = token.Register(() => Look("producer's token"));
                await writer.WriteAsync(1, token);
                reached.Signal();
                await UntilCancelledAsync(token);
                Look("producer");
            })
            .ForEachAsync(async (_, token) =>
            {
                using CancellationTokenRegistration registration = token.Register(() => Look("consumer's token"));
                reached.Signal();
                if (request != "stop")
                {
                    await UntilCancelledAsync(token);
                }

                Look("consumer");
            })
            .Start(new PipelineOptions { OnUndelivered = _ => Look("undelivered") });
        reached.Wait();
        _ = request switch
        {
            "stop" => run.StopAsync(Timeout.InfiniteTimeSpan),
            "dispose" => run.DisposeAsync().AsTask(),
            _ => AbortAsync(),
        };
        run.Completion.ContinueWith(_ => ended.Set(), TaskScheduler.Default);
        ended.Wait();
        return here;

        Task AbortAsync()
        {
            run.Abort();
            return Task.CompletedTask;
        }

        void Look(string what)
        {
            if (Environment.CurrentManagedThreadId == caller)
            {
                here.Add(what);
            }
        }
    }

    // Completes on another thread than the one that awaits it.
    private static async Task<int> OtherThreadAsync(int item)
    {
        await Task.Run(() => { });
        return item;
    }

    private static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
    }

    private sealed class Worker : IDisposable
    {
        private readonly Action<string> _look;

        public Worker(Action<string> look)
        {
            _look = look;
            look("worker's creation");
        }

        public void Dispose() => _look("worker's disposal");
    }
}

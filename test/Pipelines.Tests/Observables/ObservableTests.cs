using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Observables;

public sealed partial class ObservableTests
{
    [Fact]
    public async Task FromObservable_Items_ComeInOrderAndEndWithIt()
    {
        Assert.Equal(Enumerable.Range(0, 200), await Pipeline.From(new Pushing(200)).Select(x => x).ToListAsync().InTime());
        Assert.Empty(await Pipeline.From(new Pushing(0)).ToListAsync().InTime());
    }

    [Fact]
    public async Task FromObservable_TwoRuns_SubscribeTwice()
    {
        var source = new Subject();
        Pipeline<int> pipeline = Pipeline.From(source);
        Task<List<int>> first = pipeline.ToListAsync();
        Task<List<int>> second = pipeline.ToListAsync();
        await source.SubscribedAsync(2);
        source.Push(1);
        source.End(null);

        Assert.Equal([1], await first.InTime());
        Assert.Equal([1], await second.InTime());
    }

    [Fact]
    public async Task FromObservable_Error_FailsTheRunBehindWhatWasPushed()
    {
        var source = new Subject();
        var error = new InvalidDataException();
        List<int> seen = [];
        await using PipelineRun run = Pipeline.From(source).ForEach(seen.Add).Start();
        await source.SubscribedAsync(1);
        source.Push(1);
        source.Push(2);
        source.End(error);

        Assert.Same(error, await Ended.ExceptionAsync(run));
        Assert.Equal([1, 2], seen);
        Assert.Equal("source", run.Failure?.Block);
    }

    [Fact]
    public async Task FromObservable_ErrorThatIsNull_FailsTheRunAllTheSame()
    {
        var source = new Subject();
        List<int> seen = [];
        await using PipelineRun run = Pipeline.From(source).ForEach(seen.Add).Start();
        await source.SubscribedAsync(1);
        source.Push(1);
        source.Fail(null!);

        Assert.Contains("broke its contract", Assert.IsType<ArgumentNullException>(await Ended.ExceptionAsync(run)).Message, StringComparison.Ordinal);
        Assert.Equal([1], seen);
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
    }

    [Fact]
    public async Task FromObservable_SubscriptionThatIsNull_IsNoFailure()
    {
        await using PipelineRun run = Pipeline.From(new Unsubscribable()).ForEach(_ => { }).Start();

        Assert.Equal(RunOutcome.Stopped, (await run.StopAsync(Timeout.InfiniteTimeSpan).InTime()).Outcome);
    }

    [Fact]
    public async Task FromObservable_SubscriptionThatThrowsWhenDisposed_FailsTheRunAndDoesNotHang()
    {
        var error = new InvalidDataException();
        await using PipelineRun run = Pipeline.From(new Undisposable(error)).Buffer(1).Take(1).ForEach(_ => { }).Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
    }

    [Fact]
    public async Task ToObserver_EndThrows_FailsTheRunOrIsKept()
    {
        await using PipelineRun well = Pipeline.Range(0, 3).To(new Ending()).Start();
        Assert.IsType<InvalidDataException>(await Ended.ExceptionAsync(well));

        var error = new InvalidOperationException();
        await using PipelineRun badly = Pipeline.Range(0, 3).Do(_ => throw error).To(new Ending()).Start();
        Assert.Same(error, await Ended.ExceptionAsync(badly));
        Assert.IsType<InvalidDataException>(Assert.Single(badly.Snapshot().LaterFailures).Exception);
    }

    [Fact]
    public async Task ToObservable_EndThrows_IsNotLostSilently()
    {
        var ending = new Ending();
        var unobserved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EventHandler<UnobservedTaskExceptionEventArgs> hear = (_, args) =>
        {
            if (args.Exception.InnerExceptions.Contains(ending.Error))
            {
                args.SetObserved();
                unobserved.SetResult();
            }
        };
        TaskScheduler.UnobservedTaskException += hear;
        try
        {
            Subscribe(ending);
            await ending.Ended.InTime();
            while (!unobserved.Task.IsCompleted)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Yield();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= hear;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Subscribe(Ending ending) => _ = Pipeline.Range(0, 3).ToObservable().Subscribe(ending);
    }

    [Theory]
    [InlineData(ObservableOverflow.Fail, "0 1 2")]
    [InlineData(ObservableOverflow.DropNewest, "0 1 2")]
    [InlineData(ObservableOverflow.DropOldest, "0 8 9")]
    public async Task FromObservable_ConsumerIsStuck_DoesWhatThePolicySaysAndLosesNothingSilently(ObservableOverflow whenFull, string delivered)
    {
        var source = new Subject();
        List<int> seen = [];
        List<object?> undelivered = [];
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new SemaphoreSlim(0);
        await using PipelineRun run = Pipeline.From(source, new() { Capacity = 2, WhenFull = whenFull })
            .ForEach(x =>
            {
                if (x == 0)
                {
                    begun.SetResult();
                    gate.Wait();
                }

                seen.Add(x);
            })
            .Start(new() { OnUndelivered = item => undelivered.Add(item.Item) });
        await source.SubscribedAsync(1);
        source.Push(0);
        await begun.Task.InTime();
        for (int i = 1; i < 10; i++)
        {
            source.Push(i);
        }

        source.End(null);
        gate.Release();
        Exception? error = await Ended.ExceptionAsync(run);
        PipelineReport report = run.Snapshot();

        Assert.Equal(delivered, string.Join(' ', seen));
        if (whenFull == ObservableOverflow.Fail)
        {
            Assert.Contains("2 items", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
            Assert.Equal([3], undelivered); // the one too many; the subscription ended with it
            Assert.Equal(0, source.Observers);
            Assert.Equal((0, 1), (report.Blocks[0].Dropped, report.Undelivered));
        }
        else
        {
            Assert.Null(error);
            Assert.Equal(7, report.Blocks[0].Dropped);
            Assert.Equal(Enumerable.Range(0, 10), undelivered.Cast<int>().Concat(seen).Order());
        }
    }

    [Fact]
    public async Task FromObservable_StoppedOrEnough_EndsTheSubscription()
    {
        var source = new Subject();
        await using PipelineRun run = Pipeline.From(source).ForEach(_ => { }).Start();
        await source.SubscribedAsync(1);
        Assert.Equal(RunOutcome.Stopped, (await run.StopAsync(Timeout.InfiniteTimeSpan)).Outcome);
        Assert.Equal(0, source.Observers);

        Task<int> first = Pipeline.From(source).Buffer(1).FirstAsync();
        await source.SubscribedAsync(1);
        source.Push(7);
        Assert.Equal(7, await first.InTime());
        Assert.Equal(0, source.Observers);
    }

    [Fact]
    public async Task FromObservable_SubscribeThrows_FailsTheRun()
    {
        var error = new InvalidDataException();
        await using PipelineRun run = Pipeline.From(new Refusing(error)).ForEach(_ => { }).Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
    }

    [Fact]
    public async Task FromObservable_SubscribeBlocks_DoesNotHoldUpWhatIsPushed()
    {
        // It pushes from within Subscribe and waits there until the run has taken the item.
        using var taken = new SemaphoreSlim(0);
        List<int> seen = [];
        await Pipeline.From(new Pushing(50, () => Assert.True(taken.Wait(TimeSpan.FromSeconds(60)))), options: new() { Capacity = 1 })
            .ForEach(x =>
            {
                seen.Add(x);
                taken.Release();
            })
            .RunAsync().InTime();

        Assert.Equal(Enumerable.Range(0, 50), seen);
    }

    [Fact]
    public async Task ToObserver_RunEndsWellOrNot_TellsTheObserver()
    {
        var observer = new Recorder();
        await Pipeline.Range(0, 3).To(observer).RunAsync();
        Assert.Equal("0 1 2 completed", observer.Heard);

        var error = new InvalidDataException("bad");
        observer = new Recorder();
        await using PipelineRun run = Pipeline.Range(0, 3).Select(x => x == 2 ? throw error : x).To(observer).Start();
        Assert.Same(error, await Ended.ExceptionAsync(run));
        Assert.Equal("0 1 bad", observer.Heard);
    }

    [Fact]
    public async Task ToObserver_OnNextThrows_FailsTheRunOnThatItem()
    {
        await using PipelineRun run = Pipeline.Range(0, 3).To(new Recorder(throwsAt: 1)).Start();

        Assert.IsType<InvalidDataException>(await Ended.ExceptionAsync(run));
        Assert.Equal(1, run.Failure?.Item);
    }

    [Fact]
    public async Task ToObservable_Subscribed_RunsEachTimeAnew()
    {
        IObservable<int> observable = Pipeline.Range(0, 3).ToObservable();
        var first = new Recorder();
        var second = new Recorder();
        using IDisposable one = observable.Subscribe(first);
        using IDisposable two = observable.Subscribe(second);
        await first.Ended.InTime();
        await second.Ended.InTime();

        Assert.Equal("0 1 2 completed, 0 1 2 completed", $"{first.Heard}, {second.Heard}");
    }

    [Fact]
    public async Task ToObservable_Disposed_AbortsTheRunAndSaysNothingMore()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var observer = new Recorder();
        var subscribed = new TaskCompletionSource<IDisposable>();
        observer.Heed = item =>
        {
            if (item == 3)
            {
                subscribed.Task.GetAwaiter().GetResult().Dispose();
            }
        };
        subscribed.SetResult(Pipeline.From(Endless()).ToObservable().Subscribe(observer));
        await ended.Task.InTime();

        Assert.Equal("0 1 2 3", observer.Heard);

        IEnumerable<int> Endless()
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public void Bridge_BadArguments_AreRefusedAtTheCall()
    {
        Assert.Throws<ArgumentNullException>("source", () => Pipeline.From((IObservable<int>)null!));
        Assert.Throws<ArgumentOutOfRangeException>("WhenFull", () => Pipeline.From(new Subject(), new() { WhenFull = (ObservableOverflow)7 }));
        Assert.Throws<ArgumentNullException>("observer", () => Pipeline.Range(0, 1).To((IObserver<int>)null!));
        Assert.Throws<ArgumentNullException>("observer", () => Pipeline.Range(0, 1).ToObservable().Subscribe(null!));
    }
}

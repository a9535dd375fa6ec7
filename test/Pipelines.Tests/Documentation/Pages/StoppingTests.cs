using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Documentation.Pages;

/// <summary>What the page on failures and stopping says of stops, pauses, and what did not get through.</summary>
public sealed class StoppingTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ControlC_DrainsThenAborts()
    {
        int presses = 0;
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).ForEach(_ => { }).Start();
        // snippet: ctrl-c
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;                                          // we end by ourselves
            if (Interlocked.Increment(ref presses) == 1)
            {
                _ = run.StopAsync(timeout: TimeSpan.FromSeconds(30));
            }
            else
            {
                run.Abort();
            }
        };
        // end
        run.Abort();
        Assert.Equal(RunOutcome.Stopped, (await run.Completion).Outcome);
    }

    [Fact]
    public async Task Pause_IsAConsistentState()
    {
        int consumed = 0;
        long saved = -1;
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).Buffer(8).ForEach(_ => consumed++).Start();
        // snippet: pause
        await run.PauseAsync();
        SaveCheckpoint();
        run.Resume();
        // end
        Assert.True(saved >= 0);

        void SaveCheckpoint()
        {
            PipelineReport report = run.Snapshot();
            Assert.Equal(report.Blocks[0].Out, report.Blocks[^1].Out);
            saved = consumed;
        }
    }

    [Fact]
    public async Task WhatIsLeft_IsHandedBack()
    {
        Pipeline pipeline = Pipeline.Range(0, int.MaxValue).Buffer(8).ForEachAsync(async _ => await Task.Yield());
        // snippet: undelivered
        List<object?> left = [];
        await using PipelineRun run = pipeline.Start(new() { OnUndelivered = item => left.Add(item.Item) });
        run.Abort();
        await run.Completion;

        Assert.Equal(run.Snapshot().Undelivered, left.Count);
        // end
    }

    [Fact]
    public async Task WhatIsLeft_MayBeDisposed()
    {
        List<string> log = [];
        List<Reading> readings = [.. Enumerable.Range(0, 100).Select(_ => new Reading())];
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pipeline pipeline = Pipeline.From(readings).ForEachAsync(StoreAsync);
        // snippet: dispose
        await using PipelineRun run = pipeline.Start(new()
        {
            DisposeUndelivered = true,                                                      // who made an item owns it, unless you say this
            OnUndelivered = item => log.Add($"{item.Block}: {item.Item} ({item.Reason})"),  // before it is disposed
        });
        // end
        await begun.Task.WaitAsync(s_limit);
        run.Abort();
        PipelineReport report = await run.Completion;
        Assert.Equal(report.Undelivered, log.Count);
        Assert.Equal(report.Undelivered, readings.Count(reading => reading.IsDisposed));
        Assert.All(log, line => Assert.Equal("StoreAsync: a reading (Aborted)", line));

        async Task StoreAsync(Reading reading, CancellationToken token)
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        }
    }

    [Fact]
    public async Task Stop_SomebodyDoesNotReturn_EndsAndNamesIt()
    {
        List<string> log = [];
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        using var hurry = new CancellationTokenSource();
        await using PipelineRun run = Pipeline.Range(0, 10).ForEachAsync(StoreAsync).Start();
        await begun.Task.WaitAsync(s_limit);
        await hurry.CancelAsync();
        // snippet: held-up
        PipelineReport report = await run.StopAsync(timeout: TimeSpan.FromSeconds(30), hurry.Token);
        if (report.HeldUpBy.Count > 0)
        {
            log.Add($"{string.Join(", ", report.HeldUpBy)} did not return");        // what stands is reported; Completion ends when they have
        }
        // end
        Assert.Equal(["StoreAsync did not return"], log);
        Assert.False(run.Completion.IsCompleted);
        release.SetResult();
        Assert.Equal(9, (await run.Completion).Undelivered);

        async Task StoreAsync(int item)
        {
            begun.TrySetResult();
            await release.Task; // whatever anybody's token says
        }
    }

    [Fact]
    public async Task Delegate_SaysThatItIsEnough()
    {
        int stored = 0;
        IEnumerable<int> orders = Enumerable.Range(0, int.MaxValue);
        // snippet: enough
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline
            .From(orders)
            .ForEachAsync(async order =>
            {
                if (!await TryStoreAsync(order))
                {
                    enough.TrySetResult();                                  // and the delegate goes on
                }
            })
            .Start();

        await Task.WhenAny(enough.Task, run.Completion);
        PipelineReport report = await run.StopAsync(timeout: TimeSpan.FromSeconds(30));
        // end
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal(0, report.Undelivered);

        async Task<bool> TryStoreAsync(int order)
        {
            await Task.Yield();
            return ++stored < 10;
        }
    }

    [Fact]
    public async Task Stop_AwaitedByADelegateOfItsRun_EndsAtItsTimeoutWithTheRunAborted()
    {
        var time = new FakeTimeProvider();
        var started = new TaskCompletionSource<PipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopping = new TaskCompletionSource<Task<PipelineReport>>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).ForEachAsync(StopAsync).Start(new() { TimeProvider = time });
        started.SetResult(run);
        Task<PipelineReport> stopped = await stopping.Task.WaitAsync(s_limit);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(stopped.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["StopAsync"], (await stopped.WaitAsync(s_limit)).HeldUpBy);
        PipelineReport report = await run.Completion.WaitAsync(s_limit);
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.InRange(report.Undelivered, 1, long.MaxValue);

        async Task StopAsync(int item)
        {
            Task<PipelineReport> stop = (await started.Task).StopAsync(TimeSpan.FromSeconds(30));
            stopping.TrySetResult(stop);
            await stop;
        }
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("abort")]
    public async Task Token_OfADelegate_IsCancelledByAnAbortAndNotByAStop(string ending)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool wasCancelled = false;
        await using PipelineRun run = Pipeline.Produce<int>(ProduceAsync).ForEachAsync(ConsumeAsync).Start();
        await begun.Task.WaitAsync(s_limit);
        if (ending == "stop")
        {
            _ = run.StopAsync(Timeout.InfiniteTimeSpan);
            await ended.Task.WaitAsync(s_limit); // the producer has heard of it
            ends.SetResult();
        }
        else
        {
            run.Abort();
        }

        await run.Completion.WaitAsync(s_limit);
        Assert.Equal(ending == "abort", wasCancelled);

        async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            await writer.WriteAsync(1, token);
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended.SetResult();
            }
        }

        async Task ConsumeAsync(int item, CancellationToken token)
        {
            begun.SetResult();
            try
            {
                await ends.Task.WaitAsync(token);
            }
            finally
            {
                wasCancelled = token.IsCancellationRequested;
            }
        }
    }

    [Fact]
    public async Task Pause_BatchWithAnAge_GoesOutAtItsAge()
    {
        var time = new FakeTimeProvider();
        Channel<int> numbers = Channel.CreateUnbounded<int>();
        var weighed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var batches = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline
            .From(numbers.Reader)
            .Batch(maxWeight: 10, weigh: Weigh, maxAge: TimeSpan.FromMinutes(1))
            .ForEach(batches.SetResult)
            .Start(new() { TimeProvider = time });
        numbers.Writer.TryWrite(7);
        await weighed.Task.WaitAsync(s_limit);
        await run.PauseAsync().WaitAsync(s_limit);
        Assert.False(batches.Task.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));

        int[] batch = await batches.Task.WaitAsync(s_limit);
        Assert.Equal([7], batch);
        Assert.True(run.IsPaused);

        long Weigh(int number)
        {
            weighed.SetResult();
            return 1;
        }
    }

    private sealed class Reading : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;

        public override string ToString() => "a reading";
    }
}

using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Foreign;

/// <summary>A run of a block in hostile surroundings, and what must be true of it however it ends.</summary>
internal sealed class HostileRun : IDisposable
{
    private readonly BlockCase _block;
    private readonly string _ending;
    private readonly ForeignScheduler? _scheduler;
    private readonly ForeignClock? _clock;
    private readonly InvalidDataException _own = new("item 33");
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancellation = new();
    private readonly string _context;
    private int _undelivered;
    private volatile bool _isOver;
    private volatile bool _ranOn;

    public HostileRun(Surroundings surroundings, BlockCase block, string ending)
    {
        (_block, _ending) = (block, ending);
        _scheduler = surroundings.Scheduler?.Invoke();
        _clock = surroundings.Clock?.Invoke();
        _context = $"{surroundings}, {block}, {ending}.";
    }

    /// <summary>Runs it, in its middle where the ending is one that comes from outside.</summary>
    public async Task RunAsync(int capacity, FailureMode? whenFailed = null)
    {
        var options = new PipelineOptions
        {
            Capacity = capacity,
            WhenFailed = whenFailed ?? FailureMode.Abort,
            Scheduler = _scheduler,
            TimeProvider = _clock ?? TimeProvider.System,
            OnUndelivered = item => _ = item.Reason == UndeliveredReason.TooLate ? 0 : Interlocked.Increment(ref _undelivered),
        };
        bool isEndless = _ending is not ("end" or "fail");
        Pipeline pipeline = _block.Apply(Pipeline.From(Items(isEndless ? int.MaxValue : 100)).Buffer(3), Saw).Buffer(2).ForEach(_ => Look());

        // A start that waits for the whole run is not to keep the test from ending it.
        Task<PipelineRun> start = Hand(() => pipeline.Start(options, _cancellation.Token));
        if (isEndless)
        {
            await Task.WhenAny(_reached.Task, start).WaitAsync(TimeSpan.FromSeconds(60));
            await EndAsync(start);
        }

        PipelineRun run;
        try
        {
            run = await start.WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (HostileException) when (_clock is not null)
        {
            return; // the first look at the clock is the caller's
        }

        Exception? thrown = await Ended.ExceptionAsync(run, _context);
        _isOver = true;
        Judge(run, run.Snapshot(), thrown);
        await run.DisposeAsync();
    }

    public void Dispose() => _cancellation.Dispose();

    private static Task<PipelineRun> Hand(Func<PipelineRun> start)
    {
        var started = new TaskCompletionSource<PipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        Hands.Do(() =>
        {
            try
            {
                started.SetResult(start());
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        });
        return started.Task;
    }

    private async Task EndAsync(Task<PipelineRun> start)
    {
        if (_ending == "cancel" || !start.IsCompleted)
        {
            await _cancellation.CancelAsync(); // there is no run yet to ask: whoever starts it is in its middle
        }
        else if (start.IsCompletedSuccessfully && _ending == "abort")
        {
            start.Result.Abort();
        }
        else if (start.IsCompletedSuccessfully)
        {
            if (_ending.StartsWith("pause", StringComparison.Ordinal))
            {
                await PauseAsync(start.Result);
            }

            if (_ending == "pause, abort")
            {
                start.Result.Abort();
            }
            else
            {
                start.Result.Resume();
                _ = start.Result.StopAsync(Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task PauseAsync(PipelineRun run)
    {
        try
        {
            await run.PauseAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The run does not come to rest. {_context}\n{run.Snapshot()}");
        }
        catch (HostileException)
        {
            // The run has failed meanwhile.
        }
    }

    private void Judge(PipelineRun run, PipelineReport report, Exception? thrown)
    {
        bool isForeign = _scheduler is { HasThrown: true } || _clock is { HasThrown: true };
        string story = $"{_context} Ended with {thrown}\n{report}\n{string.Join('\n', report.LaterFailures)}";
        bool isFailure = run.Failure is not null;
        if (isForeign)
        {
            bool isOwnEnd = thrown == _own || thrown is OperationCanceledException || (thrown is null && _ending is not ("end" or "fail" or "cancel"));
            Assert.True(thrown is HostileException || isOwnEnd, "What the foreign code threw is not what the run failed with. " + story);
            bool isKept = thrown is HostileException || report.LaterFailures.Any(failure => failure.Exception is HostileException);
            Assert.True(isKept, "What the foreign code threw is in no report. " + story);
        }
        else if (_ending == "fail" && _block.CanFail)
        {
            Assert.True(thrown == _own, story);
        }
        else if (!_cancellation.IsCancellationRequested)
        {
            Assert.True(thrown is null, story);
        }

        Assert.True(isFailure == (report.Outcome == RunOutcome.Failed), story);
        if (_block.InLine)
        {
            Conservation.AssertHoldsInLine(report, story);
        }
        else
        {
            Conservation.AssertHolds(report, story);
        }

        Assert.True(report.Undelivered == Volatile.Read(ref _undelivered), "Counted is not handed back. " + story);
        Assert.True(report.Elapsed >= TimeSpan.Zero, story);
        Assert.All(report.Blocks, block => Assert.True(block.Busy >= TimeSpan.Zero, story));

        // The thread that completed the run may be on its last instructions.
        Assert.True(SpinWait.SpinUntil(() => (_scheduler?.Unfinished ?? 0) == 0, TimeSpan.FromSeconds(10)), "Something still executes. " + story);
        Assert.False(_ranOn, "A delegate ran when the run had ended. " + story);
        Assert.True((_clock?.TimersAlive ?? 0) == 0 || _ending is "stop" or "pause", "A timer lives on. " + story);
    }

    private IEnumerable<int> Items(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (i == 50)
            {
                _reached.TrySetResult();
            }

            Look();
            yield return i;
        }
    }

    private void Saw(int item)
    {
        Look();
        if (item == 33 && _ending == "fail")
        {
            throw _own;
        }
    }

    private void Look() => _ranOn |= _isOver;
}

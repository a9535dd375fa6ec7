namespace Pipelines.Tests.Execution;

/// <summary>Stop, abort, cancellation and failure in each block of a five-block pipeline, each at a known moment, alone and one after the other.</summary>
public sealed class InterleavingTests
{
    private static readonly string[] s_blocks = ["source", "map", "Buffer(2)", "await", "consume"];

    public static TheoryData<string, RunOutcome> Endings() => new()
    {
        { "end", RunOutcome.Completed },
        { "stop", RunOutcome.Stopped },
        { "stop stop", RunOutcome.Stopped },
        { "abort", RunOutcome.Stopped },
        { "abort stop", RunOutcome.Stopped },
        { "stop abort", RunOutcome.Stopped },
        { "cancel", RunOutcome.Cancelled },
        { "stop cancel", RunOutcome.Cancelled },
        { "cancel abort", RunOutcome.Cancelled },
        { "dispose", RunOutcome.Stopped },
        { "fail source", RunOutcome.Failed },
        { "fail map", RunOutcome.Failed },
        { "fail await", RunOutcome.Failed },
        { "fail consume", RunOutcome.Failed },
        { "stop fail await", RunOutcome.Failed },
        { "stop fail consume", RunOutcome.Failed },
        { "stop dispose", RunOutcome.Stopped },
        { "abort cancel", RunOutcome.Stopped },
        { "abort dispose", RunOutcome.Stopped },
        { "cancel stop", RunOutcome.Cancelled },
        { "cancel dispose", RunOutcome.Cancelled },
        { "stop abort cancel", RunOutcome.Stopped },
        { "fail consume cancel", RunOutcome.Failed },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Run_EndedInTheMiddle_EndsAsTheFirstCauseSaysWithNothingLost(string ending, RunOutcome outcome)
    {
        for (int capacity = 1; capacity <= 4; capacity *= 2)
        {
            using var trial = new Trial(ending, capacity);
            await trial.RunAsync(outcome);
        }
    }

    private sealed class Trial(string ending, int capacity) : IDisposable
    {
        private readonly TaskCompletionSource _middle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _cancellation = new();
        private readonly InvalidDataException _failure = new();
        private readonly List<object?> _undelivered = [];
        private readonly List<int> _consumed = [];
        private volatile string _failing = "";

        public async Task RunAsync(RunOutcome outcome)
        {
            var scheduler = new CountingScheduler();
            Pipeline pipeline = Pipeline
                .From(Source(), new() { Name = "source" })
                .Select(x => Fails("map") ? throw _failure : x, new() { Name = "map" })
                .Buffer(2)
                .SelectAsync(AwaitAsync, new() { Name = "await" })
                .ForEachAsync(ConsumeAsync, new() { Name = "consume" });
            await using PipelineRun run = pipeline.Start(
                new PipelineOptions { Capacity = capacity, OnUndelivered = item => _undelivered.Add(item.Item), Scheduler = scheduler }, _cancellation.Token);
            await _middle.Task;

            List<Task> requests = [];
            string[] words = ending.Split(' ');
            for (int i = 0; i < words.Length; i++)
            {
                switch (words[i])
                {
                    case "stop":
                        requests.Add(run.StopAsync(Timeout.InfiniteTimeSpan));
                        break;
                    case "abort":
                        run.Abort();
                        break;
                    case "cancel":
                        if (_failing.Length > 0)
                        {
                            _goOn.SetResult(); // the failure is to come first
                            await Ended.ExceptionAsync(run, ending);
                        }

                        await _cancellation.CancelAsync();
                        break;
                    case "dispose":
                        requests.Add(run.DisposeAsync().AsTask());
                        break;
                    case "fail":
                        _failing = words[++i];
                        break;
                }
            }

            _goOn.TrySetResult();
            Exception? error = await Ended.ExceptionAsync(run, ending);
            PipelineReport report = run.Snapshot();

            Assert.Equal(outcome, report.Outcome);
            Assert.Equal(s_blocks, report.Blocks.Select(block => block.Name));
            Conservation.AssertHoldsInLine(report, ending);
            Assert.Equal(report.Undelivered, _undelivered.Count);
            Assert.Equal(report.Blocks[^1].Out, _consumed.Count);
            Assert.Equal(Enumerable.Range(0, _consumed.Count), _consumed);
            switch (outcome)
            {
                case RunOutcome.Failed:
                    Assert.Same(_failure, error);
                    Assert.Equal(words[Array.IndexOf(words, "fail") + 1], run.Failure!.Block);
                    break;
                case RunOutcome.Cancelled:
                    Assert.Equal(_cancellation.Token, Assert.IsAssignableFrom<OperationCanceledException>(error).CancellationToken);
                    break;
                default:
                    Assert.Null(error);
                    break;
            }

            foreach (Task request in requests)
            {
                await request.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(60));
            }

            Assert.True(SpinWait.SpinUntil(() => scheduler.Unfinished == 0, TimeSpan.FromSeconds(10)), "Something is still running.");
        }

        private IEnumerable<int> Source()
        {
            for (int i = 0; ending != "end" || i < 20; i++)
            {
                if (Fails("source"))
                {
                    throw _failure;
                }

                yield return i;
            }
        }

        private async ValueTask<int> AwaitAsync(int item, CancellationToken token)
        {
            if (item == 10)
            {
                _middle.TrySetResult();
                await _goOn.Task.WaitAsync(token);
            }

            return Fails("await") ? throw _failure : item;
        }

        private async ValueTask ConsumeAsync(int item, CancellationToken token)
        {
            await Task.Yield();
            if (Fails("consume"))
            {
                throw _failure;
            }

            _consumed.Add(item);
        }

        private bool Fails(string block) => _failing == block;

        public void Dispose() => _cancellation.Dispose();
    }
}

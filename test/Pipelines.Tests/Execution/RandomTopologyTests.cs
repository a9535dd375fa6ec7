using System.Globalization;
using CsCheck;

namespace Pipelines.Tests.Execution;

/// <summary>Random topologies, ended at random in a random way, against a sequential model of what comes out and of every block's counts.</summary>
/// <remarks>
/// Ten thousand topologies, or as many as <c>PIPELINES_STRESS_SECONDS</c> allows. A failing one is made smaller and printed with its seed;
/// <c>CsCheck_Seed</c> in the environment replays it.
/// </remarks>
public sealed class RandomTopologyTests
{
    [Fact]
    public async Task Run_RandomTopology_DoesWhatTheSequentialModelDoes()
    {
        string? seconds = Environment.GetEnvironmentVariable("PIPELINES_STRESS_SECONDS");
        await RandomTopology.Random.SampleAsync(
            async topology =>
            {
                using var trial = new Trial(topology);
                await trial.RunAsync();
            },
            iter: 10_000,
            time: seconds is { Length: > 0 } ? int.Parse(seconds, CultureInfo.InvariantCulture) : -1,
            print: topology => topology.ToString());
    }

    private sealed class Trial : ITouched, IDisposable
    {
        private readonly CancellationTokenSource _cancellation = new();
        private readonly RandomTopology _topology;
        private readonly LineShape _line;
        private readonly Pipeline _pipeline;
        private readonly Exception _thrown;
        private readonly StepScheduler? _steps;
        private PipelineRun? _run;
        private string? _thrower;
        private int _touches;
        private int _undelivered;
        private volatile bool _ended;

        public Trial(RandomTopology topology)
        {
            _topology = topology;
            _line = new RandomTopologyReader(topology.Genes, this).Read();
            _pipeline = _line.Build();
            _thrown = topology.Ending == TopologyEnding.Throw ? new InvalidDataException() : new OperationCanceledException();
            _steps = topology.Scheduler > 1 ? new StepScheduler(topology.Scheduler) : null;
        }

        public bool IsStopped => _ended;

        public async Task RunAsync()
        {
            var context = _topology.ToString();
            PipelineRun run = _pipeline.Start(
                new PipelineOptions
                {
                    Capacity = _topology.Capacity,
                    Scheduler = _steps ?? (_topology.Scheduler == 1 ? new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler : null),
                    OnUndelivered = _ => Interlocked.Increment(ref _undelivered),
                },
                _cancellation.Token);
            Volatile.Write(ref _run, run);
            _steps?.RunToItsEnd(run, context);
            Exception? error = await Ended.ExceptionAsync(run, context);
            PipelineReport report = run.Snapshot();

            RunOutcome outcome = (_ended, _topology.Ending) switch
            {
                (true, TopologyEnding.Stop or TopologyEnding.Abort) => RunOutcome.Stopped,
                (true, TopologyEnding.Cancel) => RunOutcome.Cancelled,
                (true, TopologyEnding.Throw or TopologyEnding.ThrowCancellation) => RunOutcome.Failed,
                _ => RunOutcome.Completed,
            };
            if (outcome == RunOutcome.Failed && report.Outcome == RunOutcome.Completed && _topology.Genes.Any(RandomTopologyReader.EndsEarly))
            {
                outcome = RunOutcome.Completed; // what failed was behind everything that anybody wanted
            }

            Check(report.Outcome == outcome, $"The outcome is {report.Outcome}, not {outcome}: {error}");
            Check(
                outcome switch
                {
                    RunOutcome.Failed =>
                        error == _thrown && run.Failure?.Exception == _thrown && run.Failure.Block.Contains(_thrower!, StringComparison.Ordinal),
                    RunOutcome.Cancelled => error is OperationCanceledException cancelled && cancelled.CancellationToken == _cancellation.Token,
                    _ => error is null,
                },
                $"It ended with {error} of {run.Failure?.Block}, thrown by {_thrower}");
            Check(report.LaterFailures.Count == 0 || (_ended && outcome == RunOutcome.Completed), "There are later failures.");
            Check(report.Undelivered + report.Blocks.Sum(block => block.Dropped) == _undelivered, $"{_undelivered} items were given back.");
            Conservation.AssertHolds(report, context);

            bool isWhole = outcome == RunOutcome.Completed || (outcome == RunOutcome.Stopped && _topology.Ending == TopologyEnding.Stop);
            var check = new FlowCheck(report, isWhole, context);
            _line.Compare(check);
            Check(check.HasSeenAll, "There are more blocks than the model has.");

            void Check(bool holds, string what) => Assert.True(holds, $"{what}\n{context}\n{report}");
        }

        public void Dispose() => _cancellation.Dispose();

        public void Touch(string block)
        {
            if (Interlocked.Increment(ref _touches) != _topology.EndAt || _topology.Ending == TopologyEnding.None)
            {
                return;
            }

            _ended = true;
            switch (_topology.Ending)
            {
                case TopologyEnding.Stop:
                    _ = Started().StopAsync(Timeout.InfiniteTimeSpan);
                    break;
                case TopologyEnding.Abort:
                    Started().Abort();
                    break;
                case TopologyEnding.Cancel:
                    _cancellation.Cancel();
                    break;
                default:
                    _thrower = block;
                    throw _thrown;
            }
        }

        // The first items may come before Start has returned.
        private PipelineRun Started()
        {
            SpinWait.SpinUntil(() => Volatile.Read(ref _run) is not null);
            return _run!;
        }
    }
}

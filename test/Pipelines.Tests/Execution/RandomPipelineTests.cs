using System.Globalization;

namespace Pipelines.Tests.Execution;

/// <summary>Random pipelines, ended at a random item in a random way, against the sequential model and the equations of conservation.</summary>
public sealed class RandomPipelineTests
{
    private enum Ending
    {
        None,
        Stop,
        Abort,
        Cancel,
        Throw,
        ThrowCancellation,
    }

    [Fact]
    public Task Run_RandomPipelineAndEnding_YieldsWhatTheModelDoesAndConservesItems() =>
        Stress.ForSomeTimeAsync(async seed =>
        {
            using var trial = new Trial(seed);
            await trial.RunAsync();
        });

    private sealed class Trial : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = new();
        private readonly RandomPipeline _blocks;
        private readonly Pipeline _pipeline;
        private readonly Ending _ending;
        private readonly bool _stopsFirst;
        private readonly int _stopAt;
        private readonly int _endAt;
        private readonly PipelineOptions _options;
        private readonly string _context;
        private readonly Exception _thrown;
        private PipelineRun? _run;
        private int _touches;
        private int _undelivered;
        private volatile bool _stopped;
        private volatile bool _ended;

        public Trial(int seed)
        {
            var random = new Random(seed);
            _ending = (Ending)random.Next(6);
            _stopAt = random.Next(1, 400);
            _stopsFirst = random.Next(4) == 0;
            _endAt = _stopAt + random.Next(1, 400);
            _blocks = new RandomPipeline(random, Touch);
            _pipeline = _blocks.Create();
            _thrown = _ending == Ending.Throw ? new InvalidDataException() : new OperationCanceledException();
            _options = new PipelineOptions
            {
                Capacity = random.Next(1, 9),
                Scheduler = random.Next(3) switch
                {
                    0 => new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler,
                    1 => new CountingScheduler(),
                    _ => null,
                },
                OnUndelivered = _ => Interlocked.Increment(ref _undelivered),
            };
            _context = string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}: {(_stopsFirst ? $"stop at {_stopAt}, " : "")}{_ending} at {_endAt};{_blocks}; capacity {_options.Capacity}, " +
                $"{_options.Scheduler}");
        }

        public async Task RunAsync()
        {
            PipelineRun run = _pipeline.Start(_options, _cancellation.Token);
            Volatile.Write(ref _run, run);
            Exception? error = await Ended.ExceptionAsync(run, _context);
            await run.DisposeAsync();
            PipelineReport report = run.Snapshot();

            // A pool may have computed ahead of a Take that has ended the run: then nothing fails, and the failure is only kept.
            bool isBehindTheEnd = _ended && _blocks.EndsEarly && report.Outcome != RunOutcome.Failed
                && (_ending == Ending.ThrowCancellation || report.LaterFailures is [{ Exception: var kept }] && kept == _thrown);
            RunOutcome outcome = (_ended && !isBehindTheEnd, _ending) switch
            {
                (true, Ending.Stop or Ending.Abort) => RunOutcome.Stopped,
                (true, Ending.Cancel) => RunOutcome.Cancelled,
                (true, Ending.Throw or Ending.ThrowCancellation) => RunOutcome.Failed,
                _ => _stopped ? RunOutcome.Stopped : RunOutcome.Completed,
            };
            Check(report.Outcome == outcome, $"The outcome is {report.Outcome}, not {outcome}: {error}");
            Check(
                outcome switch
                {
                    RunOutcome.Failed => error == _thrown && run.Failure?.Exception == _thrown,
                    RunOutcome.Cancelled => error is OperationCanceledException cancelled && cancelled.CancellationToken == _cancellation.Token,
                    _ => error is null,
                },
                $"It ended with {error}");
            Check(report.LaterFailures.Count == 0 || isBehindTheEnd, "There are later failures.");
            Check(report.Undelivered == _undelivered, $"{_undelivered} items were given back");
            Conservation.AssertHolds(report, _context);
            if (_blocks.IsInLine)
            {
                Conservation.AssertHoldsInLine(report, _context);
            }

            bool isWhole = outcome == RunOutcome.Completed || (outcome == RunOutcome.Stopped && !(_ended && _ending == Ending.Abort));
            foreach (RandomPipeline.Line line in _blocks.Lines)
            {
                CheckLine(line, isWhole);
            }

            void Check(bool holds, string what) => Assert.True(holds, $"{what}\n{_context}\n{report}");

            void CheckLine(RandomPipeline.Line line, bool isWhole)
            {
                int[] model = line.Ordered ? [.. line.Model()] : [.. line.Model().Order()];
                int[] seen = line.Ordered ? [.. line.Seen] : [.. line.Seen.Order()];
                Check(!isWhole || seen.Length == model.Length, $"{seen.Length} items came out, of {model.Length}.");
                Check(line.Ordered ? seen.AsSpan().StartsWith(model.AsSpan(0, Math.Min(seen.Length, model.Length))) && seen.Length <= model.Length
                    : IsSubset(seen, model), "What came out is not what the model yields.");
            }
        }

        public void Dispose() => _cancellation.Dispose();

        // Both sorted; each of the whole serves once.
        private static bool IsSubset(int[] part, int[] whole)
        {
            int next = 0;
            foreach (int item in whole)
            {
                next += next < part.Length && part[next] == item ? 1 : 0;
            }

            return next == part.Length;
        }

        private void Touch()
        {
            int touches = Interlocked.Increment(ref _touches);
            if (touches == _stopAt && _stopsFirst)
            {
                _stopped = true;
                _ = Started().StopAsync(Timeout.InfiniteTimeSpan);
            }
            else if (touches == _endAt && _ending != Ending.None)
            {
                _ended = true;
                End();
            }
        }

        private void End()
        {
            switch (_ending)
            {
                case Ending.Stop:
                    _ = Started().StopAsync(Timeout.InfiniteTimeSpan);
                    break;
                case Ending.Abort:
                    Started().Abort();
                    break;
                case Ending.Cancel:
                    _cancellation.Cancel();
                    break;
                default:
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

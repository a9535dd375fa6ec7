using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Execution;

/// <summary>Random pipelines of random operators, ended in a random way at a random moment, against a sequential model.</summary>
public sealed class PipelineStressTests
{
    private static readonly BlockCase[] s_blocks =
    [
        .. BlockCases.List,
        new("Merge", (p, _) => Pipeline.Merge(p, Pipeline.Range(100, 9)), items => items.Concat(Enumerable.Range(100, 9))) { Ordered = false, InLine = false },
        new("Concat", (p, _) => Pipeline.Concat(p, Pipeline.Range(100, 9)), items => items.Concat(Enumerable.Range(100, 9))) { InLine = false },
        new("Concat behind", (p, _) => Pipeline.Concat(Pipeline.Range(100, 9), p), items => Enumerable.Range(100, 9).Concat(items)) { InLine = false },
        new("Zip", (p, _) => Pipeline.Zip(p, Pipeline.Range(0, 30)).Select(pair => pair.First + pair.Second),
            items => items.Zip(Enumerable.Range(0, 30), (x, y) => x + y)) { InLine = false },
        new("Tee that ends", (p, see) => p.Tee(b => b.Take(3).Batch(2).SelectMany(x => x, new() { Name = "flatten" })
            .Tee(c => c.ForEach(see)).ForEachAsync(async _ => await Task.Yield())), items => items) { InLine = false },
        new("Tee whose line ends", (p, see) => p.Tee(b => b.ForEach(see)).Take(5).Batch(9).SelectMany(x => x, new() { Name = "flatten" }),
            items => items.Take(5)) { InLine = false },
        new("When that ends", (p, see) => p.When(x => x % 2 == 0, b => b.Take(2).Buffer(1).ForEach(see)),
            items => items.Where(x => x % 2 != 0)) { InLine = false },
        new("Buffer that drops", (p, _) => p.Buffer(100_000, BoundedChannelFullMode.DropOldest), items => items) { InLine = false },
    ];

    // What they add comes from sources of their own, of which a stop leaves an unknown part.
    private static readonly string[] s_withSources = ["Merge", "Concat", "Concat behind", "Zip"];

    /// <summary>On the thread pool: whatever interleaving comes.</summary>
    [Fact]
    public Task Pipeline_RandomOnTheThreadPool_KeepsItsPromises() =>
        Stress.ForSomeTimeAsync(async seed =>
        {
            using var trial = new Trial(seed);
            await using PipelineRun run = trial.Start(null);
            await Ended.ExceptionAsync(run, trial.ToString());
            trial.Check(run);
        });

    /// <summary>On one thread, step by step: the seed chooses the interleaving too, so it is replayed exactly.</summary>
    [Fact]
    public Task Pipeline_RandomOnOneThread_KeepsItsPromises() =>
        Stress.ForSomeTimeAsync(seed =>
        {
            using var trial = new Trial(seed);
            var scheduler = new StepScheduler(seed);
            PipelineRun run = trial.Start(scheduler);
            scheduler.RunToItsEnd(run, trial.ToString());
            trial.Check(run);
            return Task.CompletedTask;
        });

    private enum Order
    {
        Input,
        Any,
        Unknown,
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    private sealed class Trial : IDisposable
    {
        private static readonly string[] s_endings = ["end", "pause", "stop", "abort", "cancel", "fail"];

        private static readonly string[] s_dependingOnOrder = ["Scan", "Take", "Skip", "DistinctBy", "Fuse", "Zip", "Pairwise", "Index", "Window", "ends"];

        private readonly int _seed;
        private readonly int _count;
        private readonly int _capacity;
        private readonly string _ending;
        private readonly BlockCase[] _chain;
        private readonly CancellationTokenSource _cancellation = new();
        private readonly InvalidDataException _thrown;
        private readonly List<int> _consumed = [];
        private readonly List<object?> _undelivered = [];
        private readonly TaskCompletionSource<PipelineRun> _started = new();
        private int _callsLeft;
        private int _yielded;
        private TaskScheduler? _scheduler;

        public Trial(int seed)
        {
            var random = new Random(seed);
            _seed = seed;
            _count = random.Next(61);
            _capacity = random.Next(1, 9);
            _ending = s_endings[random.Next(s_endings.Length)];
            _chain = [.. Enumerable.Range(0, random.Next(6)).Select(_ => s_blocks[random.Next(s_blocks.Length)])];
            _callsLeft = random.Next(1, 100);
            _thrown = new InvalidDataException(ToString());
        }

        public void Dispose() => _cancellation.Dispose();

        public override string ToString() =>
            $"PIPELINES_SEED={_seed}: {_count} items, capacity {_capacity}, {_ending}; {string.Join(" > ", _chain.Select(block => block.Name))}";

        public PipelineRun Start(TaskScheduler? scheduler)
        {
            _scheduler = scheduler;
            Pipeline<int> pipeline = Pipeline.From(Source());
            foreach (BlockCase block in _chain)
            {
                pipeline = block.Apply(pipeline, See);
            }

            PipelineRun run = pipeline.ForEach(Consume, new() { Name = "consume" }).Start(
                new PipelineOptions { Capacity = _capacity, Scheduler = scheduler, OnUndelivered = item => GiveBack(item.Item) }, _cancellation.Token);
            _started.SetResult(run);
            return run;
        }

        public void Check(PipelineRun run)
        {
            string context = ToString();
            PipelineReport report = run.Snapshot();
            bool hasHappened = Volatile.Read(ref _callsLeft) <= 0;
            Order order = OrderOfTheOutput();
            Conservation.AssertHolds(report, context);
            if (Array.TrueForAll(_chain, block => block.InLine))
            {
                Conservation.AssertHoldsInLine(report, context);
            }

            Assert.True(report.Undelivered == _undelivered.Count, $"{context}\n{_undelivered.Count} were given back of\n{report}");
            Assert.True(report.Blocks.Single(block => block.Name == "consume").Out == _consumed.Count, $"{context}\n{report}");
            Assert.True(report.Outcome == RunOutcome.Completed || hasHappened, $"{context}\n{report}");

            // A model needs all that went in, and no more of it than the block in front would have asked for by itself.
            List<int> model = [.. Enumerable.Range(0, report.Outcome == RunOutcome.Stopped && _ending == "stop" ? _yielded : _count)];
            foreach (BlockCase block in _chain)
            {
                model = [.. block.Model(model)];
            }

            switch (report.Outcome)
            {
                case RunOutcome.Completed:
                case RunOutcome.Stopped when _ending == "stop":
                    if (order != Order.Unknown)
                    {
                        AssertSame(order == Order.Input ? model : [.. model.Order()], order == Order.Input ? _consumed : [.. _consumed.Order()], report);
                    }

                    break;
                default:
                    Assert.True(
                        report.Outcome == _ending switch { "fail" => RunOutcome.Failed, "cancel" => RunOutcome.Cancelled, _ => RunOutcome.Stopped },
                        $"{context}\n{report}");
                    if (order == Order.Input)
                    {
                        AssertSame(model[..Math.Min(model.Count, _consumed.Count)], _consumed, report);
                    }

                    break;
            }

            Assert.True(report.Outcome != RunOutcome.Failed || ReferenceEquals(run.Failure!.Exception, _thrown), $"{context}\n{run.Failure?.Exception}");
        }

        // Behind a block that changes the order, one that depends on the order makes of it what no model knows.
        private Order OrderOfTheOutput()
        {
            int first = Array.FindIndex(_chain, block => !block.Ordered);
            return _ending == "stop" && _chain.Any(block => s_withSources.Contains(block.Name)) ? Order.Unknown
                : first < 0 ? Order.Input
                : _chain[first..].Any(block => s_dependingOnOrder.Any(block.Name.Contains)) ? Order.Unknown
                : Order.Any;
        }

        private void AssertSame(List<int> expected, List<int> actual, PipelineReport report) =>
            Assert.True(expected.SequenceEqual(actual), $"{this}\nexpected: {string.Join(' ', expected)}\nactual:   {string.Join(' ', actual)}\n{report}");

        private IEnumerable<int> Source()
        {
            for (int i = 0; i < _count; i++)
            {
                See(i);
                _yielded++;
                yield return i;
            }
        }

        // While the run goes on, several blocks may have something to give back at once.
        private void GiveBack(object? item)
        {
            lock (_undelivered)
            {
                _undelivered.Add(item);
            }
        }

        private void Consume(int item)
        {
            See(item);
            _consumed.Add(item);
        }

        // Every delegate comes through here; at one of these calls it happens.
        private void See(int item)
        {
            if (_ending == "end" || Interlocked.Decrement(ref _callsLeft) != 0)
            {
                return;
            }

            PipelineRun run = _started.Task.Result;
            switch (_ending)
            {
                case "pause":
                    // Ends with the run, if that ends first.
                    _ = run.PauseAsync()
                        .ContinueWith(_ => run.Resume(), CancellationToken.None, TaskContinuationOptions.None, _scheduler ?? TaskScheduler.Default);
                    break;
                case "stop":
                    _ = run.StopAsync(Timeout.InfiniteTimeSpan);
                    break;
                case "abort":
                    run.Abort();
                    break;
                case "cancel":
                    _cancellation.Cancel();
                    break;
                case "fail":
                    throw _thrown;
            }
        }
    }
}

using System.Globalization;

namespace Pipelines.Tests.Execution;

/// <summary>Random pools in random surroundings, against the sequential model: exactly once, in order, bounded, conserved, ended.</summary>
public sealed class PoolStressTests
{
    [Fact]
    public async Task Pool_RandomWork_KeepsItsPromises()
    {
        await Stress.ForSomeTimeAsync(
            async seed =>
            {
                using var trial = new Trial(seed);
                await trial.RunAsync();
            },
            atLeast: 1000);
    }

    private sealed class Trial : IDisposable
    {
        private readonly Random _random;
        private readonly string _context;
        private readonly int _seed;
        private readonly int _items;
        private readonly int _failAt;
        private readonly int _take;
        private readonly int _kind;
        private readonly BlockOptions _options;
        private readonly int _cancelAt;
        private readonly bool _waits;
        private readonly CancellationTokenSource _cancellation = new();
        private int _entered;
        private int _emitted;
        private int _mostInFlight;
        private int _inProgress;
        private int _mostInProgress;

        public Trial(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _items = _random.Next(0, _random.Next(4) == 0 ? 2000 : 300);
            _kind = _random.Next(4);
            _failAt = _random.Next(4) == 0 && _items > 0 ? _random.Next(_items) : -1;
            _take = _failAt < 0 && _random.Next(5) == 0 ? _random.Next(_items + 1) : int.MaxValue;
            _options = new BlockOptions
            {
                Parallelism = _random.Next(1, 33),
                Capacity = _random.Next(2) == 0 ? _random.Next(1, 8) : _random.Next(1, 257),
                Ordered = _random.Next(2) == 0,
            };
            _cancelAt = _failAt < 0 && _take == int.MaxValue && _random.Next(6) == 0 ? _random.Next(_items + 1) : -1;
            _waits = _random.Next(10) == 0;
            _context = string.Create(
                CultureInfo.InvariantCulture, $"seed {seed}: {_items} items, kind {_kind}, fails at {_failAt}, takes {_take}, cancels at {_cancelAt}, waits " +
                    $"{_waits}, {_options}");
        }

        public async Task RunAsync()
        {
            Pipeline<int> source = Pipeline.Range(0, _items);
            source = _random.Next(2) == 0 ? source.Buffer(_random.Next(1, 20)) : source;
            Pipeline<int> mapped = _kind == 0 ? source.Select(Work, _options) : source.SelectAsync(WorkAsync, _options);
            mapped = mapped.Do(_ => Volatile.Write(ref _emitted, _emitted + 1));
            mapped = _random.Next(2) == 0 ? mapped.Buffer(_random.Next(1, 10)) : mapped;
            mapped = _take < int.MaxValue ? mapped.Take(_take) : mapped;

            List<int> consumed = [];
            await using PipelineRun run = mapped.ForEach(consumed.Add).Start(cancellationToken: _cancellation.Token);
            Exception? error = await Ended.ExceptionAsync(run, _context);
            Conservation.AssertHoldsInLine(run.Snapshot(), _context);
            Assert.True(_mostInProgress <= _options.Parallelism, $"{_mostInProgress} in progress. {_context}");
            Assert.True(_mostInFlight <= Math.Max(1, _options.Capacity!.Value), $"{_mostInFlight} in flight. {_context}");
            if (_cancellation.IsCancellationRequested)
            {
                Assert.True(error is OperationCanceledException, $"{error} {_context}");
                Assert.True(!_options.Ordered || consumed.SequenceEqual(Enumerable.Range(0, consumed.Count)), _context);
                Assert.True(consumed.Distinct().Count() == consumed.Count, _context);
                return;
            }

            if (_failAt >= 0)
            {
                Assert.True(error is InvalidDataException, $"{error} {_context}");
                Assert.True(!_options.Ordered || consumed.SequenceEqual(Enumerable.Range(0, consumed.Count)), _context);
                Assert.True(!_options.Ordered || consumed.Count <= _failAt, _context);
                return;
            }

            Assert.True(error is null, $"{error} {_context}");
            Assert.Equal(Math.Min(_items, _take), consumed.Count);
            IEnumerable<int> seen = _options.Ordered ? consumed : consumed.Order();
            Assert.True(
                _options.Ordered || _take == int.MaxValue ? seen.SequenceEqual(Enumerable.Range(0, consumed.Count)) : seen.Distinct().Count() == consumed.Count,
                _context);
        }

        public void Dispose() => _cancellation.Dispose();

        private int Work(int item)
        {
            Enter(item);
            try
            {
                if (item == _failAt)
                {
                    throw new InvalidDataException();
                }

                if (Chance(item) == 0)
                {
                    Thread.SpinWait(2000);
                }

                return item;
            }
            finally
            {
                Interlocked.Decrement(ref _inProgress);
            }
        }

        private async ValueTask<int> WorkAsync(int item, CancellationToken token)
        {
            Enter(item);
            try
            {
                if (item == _failAt)
                {
                    throw new InvalidDataException();
                }

                if (_waits && Chance(item) < 3)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Chance(item)), TimeProvider.System, token);
                }

                for (int i = (_kind == 3 ? 1 : 0) + (_kind == 2 && Chance(item) < 30 ? 1 : 0) + (Chance(item) == 5 ? 3 : 0); i > 0; i--)
                {
                    await Task.Yield();
                }

                return item;
            }
            finally
            {
                Interlocked.Decrement(ref _inProgress);
            }
        }

        // The same for the same item of the same seed, whichever worker has it.
        private int Chance(int item) => (int)((uint)(item * 7919 + _seed) % 97);

        private void Enter(int item)
        {
            if (item == _cancelAt)
            {
                _cancellation.Cancel();
            }

            int inFlight = Interlocked.Increment(ref _entered) - Volatile.Read(ref _emitted);
            int highest;
            while ((highest = Volatile.Read(ref _mostInFlight)) < inFlight)
            {
                Interlocked.CompareExchange(ref _mostInFlight, inFlight, highest);
            }

            int now = Interlocked.Increment(ref _inProgress);
            int most;
            while ((most = Volatile.Read(ref _mostInProgress)) < now)
            {
                Interlocked.CompareExchange(ref _mostInProgress, now, most);
            }
        }
    }
}

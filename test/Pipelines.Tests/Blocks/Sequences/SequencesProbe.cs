namespace Pipelines.Tests.Blocks.Sequences;

/// <summary>One run of a block that reads several sequences at once, watched from outside: who was opened and closed, what was yielded, what came out, and how
/// much of it was in flight.</summary>
internal sealed class SequencesProbe : IDisposable
{
    private const int Items = 60;
    private const int Culprit = 31;
    private readonly SequencesCase _case;
    private readonly string _ending;
    private readonly Lock _gate = new();
    private readonly InvalidDataException _error = new("the sequence's own");
    private readonly CancellationTokenSource _cancellation = new();
    private int _inFlight;
    private int _inChain;
    private bool _wereTwoInChain;
    private PipelineRun? _run;
    private Task _pausing = Task.CompletedTask;

    public SequencesProbe(SequencesCase one, string ending)
    {
        _case = one;
        _ending = ending;
    }

    private int Taken { get; set; }

    private int Opened { get; set; }

    private int Closed { get; set; }

    private int Finished { get; set; }

    private int Yielded { get; set; }

    private int ItemsBack { get; set; }

    private int PartsBack { get; set; }

    private int Most { get; set; }

    private List<Part> Passed { get; } = [];

    private string Counts => $"{Taken} taken, {Finished} finished; {Yielded} yielded, {Consumed} consumed; {Opened} opened, {Closed} closed";

    private int Consumed { get; set; }

    public void Dispose() => _cancellation.Dispose();

    public async Task RunAsync(int? seed = null)
    {
        StepScheduler? scheduler = seed is { } steps ? new StepScheduler(steps) : null;
        Pipeline pipeline = Build();
        var options = new PipelineOptions { Capacity = _case.Capacity, Scheduler = scheduler, OnUndelivered = GivenBack };
        _run = pipeline.Start(options, _cancellation.Token);
        scheduler?.RunToItsEnd(_run, $"{_case}, {_ending}");
        Exception? thrown = await Ended.ExceptionAsync(_run, $"{_case}, {_ending}");
        await _pausing;
        PipelineReport report = _run.Snapshot();
        string context = $"{_case}, {_ending}, seed {seed}: {Counts}, {ItemsBack} items and {PartsBack} parts back; {thrown}\n{report}";

        Assert.True(Opened == Closed, context);
        Assert.False(_wereTwoInChain, context);
        BlockReport row = report.Blocks.Single(block => block.Name == "flatten");
        Assert.True(Taken == Finished + row.Failed + ItemsBack, context);
        Assert.True(Yielded == Consumed + PartsBack, context);
        Assert.True(report.Undelivered == ItemsBack + PartsBack, context);
        Assert.True(Most <= pipeline.GetGraph(options).MaxInFlight, $"{Most} in flight. {context}");
        AssertEnding(report, row, thrown, context);
        AssertOrder(context);
    }

    private Pipeline Build()
    {
        BlockOptions options = new() { Name = "flatten", Parallelism = _case.Parallelism, Ordered = _case.Ordered };
        Pipeline<Item> items = Pipeline.From(Source(), new() { Name = "source" });
        Pipeline<Part> flat = _case.Asynchronous
            ? items.SelectManyAsync(item => Begun(item), options)
            : items.SelectMany<Part>(item => Begun(item), options);
        flat = flat.Do(HasPassed, new() { Name = "behind" });
        return _case.Linked ? flat.ForEachAsync(ConsumeLaterAsync, new() { Name = "consume" }) : flat.ForEach(Consume);
    }

    private IEnumerable<Item> Source()
    {
        for (int i = 0; i < Items || _ending is "stop" or "abort" or "cancel"; i++)
        {
            lock (_gate)
            {
                Taken++;
                CountInFlight(1);
            }

            yield return new Item(i);
        }
    }

    private ProbedSequence Begun(Item item) => item.Number == Culprit && _ending == "delegate" ? throw _error : new ProbedSequence(this, item.Number);

    private void HasPassed(Part part)
    {
        _wereTwoInChain |= Interlocked.Increment(ref _inChain) != 1;
        Passed.Add(part);
        Interlocked.Decrement(ref _inChain);
    }

    private async Task ConsumeLaterAsync(Part part)
    {
        await Task.Yield();
        Consume(part);
    }

    private void Consume(Part part)
    {
        lock (_gate)
        {
            Consumed++;
            CountInFlight(-1);
        }

        if (Consumed == 20)
        {
            switch (_ending)
            {
                case "stop":
                    _ = _run!.StopAsync(Timeout.InfiniteTimeSpan);
                    break;
                case "pause":
                    _pausing = PauseAsync();
                    break;
                case "abort":
                    _run!.Abort();
                    break;
                case "cancel":
                    _cancellation.Cancel();
                    break;
            }
        }
    }

    // Everything that was in flight has arrived, and nothing more comes.
    private async Task PauseAsync()
    {
        await _run!.PauseAsync();
        try
        {
            lock (_gate)
            {
                Assert.True(Taken == Finished && Yielded == Consumed && Opened == Closed, $"{Counts}, {_case}\n{_run.Snapshot()}");
            }
        }
        finally
        {
            _run.Resume();
        }
    }

    private void GivenBack(UndeliveredItem item)
    {
        ItemsBack += item.Item is Item ? 1 : 0;
        PartsBack += item.Item is Part ? 1 : 0;
    }

    private void CountInFlight(int more)
    {
        _inFlight += more;
        Most = Math.Max(Most, _inFlight);
    }

    private void AssertEnding(PipelineReport report, BlockReport row, Exception? thrown, string context)
    {
        switch (_ending)
        {
            case "end" or "pause" or "stop":
                Assert.True(thrown is null && report.Undelivered == 0 && Finished == Taken && Closed == Taken && Consumed == Yielded, context);
                Assert.Equal(_ending == "stop" ? RunOutcome.Stopped : RunOutcome.Completed, report.Outcome);
                break;
            case "abort":
                Assert.True(thrown is null && report.Outcome == RunOutcome.Stopped, context);
                break;
            case "cancel":
                Assert.True(thrown is OperationCanceledException canceled && canceled.CancellationToken == _cancellation.Token, context);
                break;
            default:
                Assert.True(ReferenceEquals(thrown, _error), context);
                Assert.Equal(("flatten", new Item(Culprit)), (_run!.Failure?.Block, _run.Failure?.Item));
                Assert.True(row.Failed == 1 && report.LaterFailures.Count == 0, context);
                break;
        }
    }

    private void AssertOrder(string context)
    {
        IEnumerable<Part> model = Enumerable.Range(0, Taken).SelectMany(Model);
        bool fails = _ending is "delegate" or "sequence" or "dispose";
        if (_case.Ordered)
        {
            // Of what is behind a failed item nothing passes, and of what is in front of it everything.
            int expected = fails ? Enumerable.Range(0, Culprit + 1).Sum(number => Model(number).Count()) : Passed.Count;
            Assert.True(Passed.SequenceEqual(model.Take(expected)), context);
        }
        else
        {
            Assert.True(Passed.Distinct().Count() == Passed.Count && !Passed.Except(model).Any(), context);
            Assert.True(!fails || Model(Culprit).All(Passed.Contains), context);
            Assert.All(Passed.GroupBy(part => part.Number), one => Assert.Equal(Enumerable.Range(0, one.Count()), one.Select(part => part.Index)));
        }
    }

    private IEnumerable<Part> Model(int number)
    {
        int count = number != Culprit ? CountOf(number) : _ending switch { "delegate" => 0, "sequence" => 1, _ => CountOf(number) };
        return Enumerable.Range(0, count).Select(index => new Part(number, index));
    }

    private static int CountOf(int number) => number % 7 == 5 ? 17 : number % 4;

    private sealed record Item(int Number);

    private sealed record Part(int Number, int Index);

    /// <summary>Both kinds of a sequence, and its enumerator.</summary>
    private sealed class ProbedSequence(SequencesProbe probe, int number) : IEnumerable<Part>, IEnumerator<Part>, IAsyncEnumerable<Part>, IAsyncEnumerator<Part>
    {
        private int _index = -1;
        private bool _hasEnded;

        public Part Current { get; private set; } = null!;

        object System.Collections.IEnumerator.Current => Current;

        public IEnumerator<Part> GetEnumerator()
        {
            lock (probe._gate)
            {
                probe.Opened++;
            }

            return this;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public IAsyncEnumerator<Part> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            GetEnumerator();
            return this;
        }

        public bool MoveNext()
        {
            _index++;
            if (number == Culprit && probe._ending == "sequence" && _index == 1)
            {
                throw probe._error;
            }

            if (_index == CountOf(number))
            {
                _hasEnded = true;
                return false;
            }

            lock (probe._gate)
            {
                probe.Yielded++;
                probe.CountInFlight(1);
            }

            Current = new Part(number, _index);
            return true;
        }

        public void Dispose()
        {
            bool fails = number == Culprit && probe._ending == "dispose";
            lock (probe._gate)
            {
                probe.Closed++;
                probe.CountInFlight(-1);
                probe.Finished += _hasEnded && !fails ? 1 : 0;
            }

            if (fails)
            {
                throw probe._error;
            }
        }

        public void Reset() => throw new NotSupportedException();

        public ValueTask<bool> MoveNextAsync()
        {
            return (number + _index) % 3 == 0 ? LaterAsync() : new(MoveNext());

            async ValueTask<bool> LaterAsync()
            {
                await Task.Yield();
                return MoveNext();
            }
        }

        public ValueTask DisposeAsync()
        {
            if (number % 3 == 0)
            {
                return LaterAsync();
            }

            Dispose();
            return default;

            async ValueTask LaterAsync()
            {
                await Task.Yield();
                Dispose();
            }
        }
    }
}

/// <summary>A block that reads several sequences at once.</summary>
/// <param name="Asynchronous">Whether the sequences are.</param>
/// <param name="Ordered">Whether their results come in input order.</param>
/// <param name="Parallelism">How many at once.</param>
/// <param name="Capacity">Of every link.</param>
/// <param name="Linked">Whether there is a link behind it, and not only a loop.</param>
internal sealed record SequencesCase(bool Asynchronous, bool Ordered, int Parallelism, int Capacity, bool Linked);

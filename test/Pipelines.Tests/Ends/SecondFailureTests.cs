namespace Pipelines.Tests.Ends;

/// <summary>What a sequence or a resource throws when it is disposed does not replace what it has thrown before: the first fails the run, the second is
/// kept.</summary>
public sealed class SecondFailureTests
{
    [Theory]
    [InlineData("From")]
    [InlineData("From asynchronous")]
    [InlineData("SelectMany")]
    [InlineData("SelectMany pool")]
    [InlineData("SelectMany pool, unordered")]
    [InlineData("SelectManyAsync")]
    [InlineData("SelectManyAsync pool")]
    [InlineData("SelectManyAsync pool, unordered")]
    [InlineData("Transform iterator")]
    [InlineData("Select with worker")]
    [InlineData("SelectAsync with worker")]
    [InlineData("Fuse")]
    public async Task Disposal_ThrowsBehindAFailure_IsKeptBesideIt(string place)
    {
        var first = new InvalidDataException("first");
        var second = new InvalidOperationException("second");
        Pipeline<int> three = Pipeline.Range(0, 3);
        Pipeline<int> pipeline = place switch
        {
            "From" => Pipeline.From(new Twice(first, second).Synchronously()),
            "From asynchronous" => Pipeline.From(new Twice(first, second)),
            "SelectMany" => three.SelectMany(x => x == 1 ? new Twice(first, second).Synchronously() : Enumerable.Empty<int>()),
            "SelectMany pool" => three.SelectMany(x => x == 1 ? new Twice(first, second).Synchronously() : Enumerable.Empty<int>(), new() { Parallelism = 2 }),
            "SelectMany pool, unordered" => three.SelectMany(x => x == 1 ? new Twice(first, second).Synchronously() : Enumerable.Empty<int>(), new() { Parallelism = 2, Ordered = false }),
            "SelectManyAsync" => three.SelectManyAsync(_ => new Twice(first, second)),
            "SelectManyAsync pool" => three.Take(1).SelectManyAsync(_ => new Twice(first, second), new() { Parallelism = 2 }),
            "SelectManyAsync pool, unordered" => three.Take(1).SelectManyAsync(_ => new Twice(first, second), new() { Parallelism = 2, Ordered = false }),
            "Transform iterator" => three.Transform((_, _) => new Twice(first, second)),
            "Select with worker" => three.Select(() => new Twice(first, second), (worker, x) => worker.Fail(x), new() { Parallelism = 1 }),
            "SelectAsync with worker" => three.SelectAsync(() => new Twice(first, second), (worker, x) => new ValueTask<int>(worker.Fail(x)), new() { Parallelism = 1 }),
            _ => three.Fuse(() => new Step(first, second)),
        };
        await using PipelineRun run = pipeline.ForEach(_ => { }).Start();
        Exception? thrown = await Ended.ExceptionAsync(run, place);

        Assert.Same(first, thrown);
        Assert.Same(second, Assert.Single(run.Snapshot().LaterFailures).Exception);
        Conservation.AssertHolds(run.Snapshot(), place);
    }

    // By the policy the item is left out: what closing its sequence throws then is no second item's failure, and not forgotten either.
    [Theory]
    [InlineData("SelectMany")]
    [InlineData("SelectMany pool")]
    [InlineData("SelectMany pool, unordered")]
    [InlineData("SelectManyAsync")]
    [InlineData("SelectManyAsync pool")]
    [InlineData("SelectManyAsync pool, unordered")]
    public async Task Disposal_ThrowsBehindAFailureThatIsLeftOut_IsKept(string place)
    {
        var first = new InvalidDataException("first");
        var second = new InvalidOperationException("second");
        List<DeadLetter> letters = [];
        var options = new BlockOptions
        {
            OnError = ErrorPolicy.DeadLetter(letters.Add),
            Parallelism = place.Contains("pool", StringComparison.Ordinal) ? 2 : 1,
            Ordered = !place.Contains("unordered", StringComparison.Ordinal),
        };
        Pipeline<int> one = Pipeline.Range(0, 1);
        Pipeline<int> pipeline = place.StartsWith("SelectManyAsync", StringComparison.Ordinal)
            ? one.SelectManyAsync(_ => new Twice(first, second), options)
            : one.SelectMany(_ => new Twice(first, second).Synchronously(), options);
        await using PipelineRun run = pipeline.ForEach(_ => { }).Start();
        PipelineReport report = await Ended.ReportAsync(run, place);

        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Same(first, Assert.Single(letters).Exception);
        Assert.Same(second, Assert.Single(report.LaterFailures).Exception);
        Assert.Equal(1, report.Blocks[1].Failed);
    }

    private sealed class Twice(Exception first, Exception second) : IAsyncEnumerable<int>, IAsyncEnumerator<int>, IEnumerator<int>
    {
        public int Current => 0;

        object System.Collections.IEnumerator.Current => 0;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public Sequence Synchronously() => new Sequence(this);

        public ValueTask<bool> MoveNextAsync() => throw first;

        public bool MoveNext() => throw first;

        public int Fail(int item) => throw first;

        public void Reset() => throw new NotSupportedException();

        public void Dispose() => throw second;

        public ValueTask DisposeAsync() => throw second;
    }

    internal sealed class Sequence(IEnumerator<int> enumerator) : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => enumerator;

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => enumerator;
    }

    private sealed class Step(Exception first, Exception second) : IStep<int, int>, IDisposable
    {
        public bool TryNext(int item, out int result) => throw first;

        public bool TryFlush(out int result) => throw first;

        public void Dispose() => throw second;
    }
}

namespace Pipelines.Tests.Blocks;

/// <summary>A fused operator of the user's own: when it is made, what it flushes, what becomes of it.</summary>
public sealed class FuseTests
{
    private const int Items = 10;

    [Fact]
    public async Task Step_IsMadeOnceARunAndFlushedInTheEnd()
    {
        int made = 0;
        Pipeline<int> pipeline = Pipeline.Range(0, Items).Fuse(() =>
        {
            made++;
            return new Pairs();
        });

        Assert.Equal(0, made);
        _ = pipeline.ForEach(_ => { }).Graph;
        Assert.Equal(0, made);
        Assert.Equal([1, 5, 9, 13, 17, -1, -2], await pipeline.ToListAsync());
        Assert.Equal([1, 5, 9, 13, 17, -1, -2], await pipeline.ToListAsync());
        Assert.Equal(2, made);
    }

    [Fact]
    public async Task Step_WithoutInput_IsFlushedToo() =>
        Assert.Equal([-1, -2], await Pipeline.Range(0, 0).Fuse(() => new Pairs()).ToListAsync());

    [Fact]
    public async Task Step_NothingComesOut_ItemIsFiltered()
    {
        PipelineReport report = await Pipeline.Range(0, Items).Fuse(() => new Pairs(), new() { Name = "pairs" }).ForEach(_ => { }).RunAsync();

        Assert.Equal(("pairs", 10, 7, 5), (report.Blocks[1].Name, report.Blocks[1].In, report.Blocks[1].Out, report.Blocks[1].Filtered));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Step_FlushesIntoAFullLink_WaitsForRoom(int capacity) =>
        Assert.Equal(Enumerable.Range(0, 300), await Pipeline.Range(0, 300).Fuse(() => new Hoard()).Buffer(capacity).ToListAsync());

    [Theory]
    [InlineData("throws")]
    [InlineData("returns null")]
    public async Task Create_FailsOrReturnsNull_FailsTheRunWithTheBlocksNameWhateverThePolicy(string how)
    {
        foreach (int count in (int[])[0, Items])
        {
            await using PipelineRun run = Pipeline.Range(0, count)
                .Fuse<int>(() => how == "throws" ? throw new InvalidDataException("no step") : null!, new() { Name = "mine", OnError = ErrorPolicy.Skip })
                .ForEach(_ => { })
                .Start();
            Exception? error = await Ended.ExceptionAsync(run);

            Assert.Equal(how == "throws" ? "no step" : "The delegate of block 'mine' returned null, where it must return a step.", error?.Message);
            Assert.Equal(("mine", null), (run.Failure!.Block, run.Failure.Item));
            Conservation.AssertHoldsInLine(run.Snapshot());
        }
    }

    [Fact]
    public async Task TryNext_Throws_FailsTheRunOnThatItem()
    {
        await using PipelineRun run = Pipeline.Range(0, Items).Fuse(() => new Faulty(next: 3), new() { Name = "mine" }).ForEach(_ => { }).Start();

        Assert.Equal("next", (await Ended.ExceptionAsync(run))?.Message);
        Assert.Equal(("mine", 3), (run.Failure!.Block, run.Failure.Item));
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Fact]
    public async Task TryFlush_Throws_FailsTheRunWhateverThePolicy()
    {
        await using PipelineRun run = Pipeline.Range(0, Items)
            .Fuse(() => new Faulty(next: -1), new() { Name = "mine", OnError = ErrorPolicy.Skip })
            .Select(x => x)
            .ForEach(_ => { })
            .Start();

        Assert.Equal("flush", (await Ended.ExceptionAsync(run))?.Message);
        Assert.Equal(("mine", null), (run.Failure!.Block, run.Failure.Item));
    }

    [Theory]
    [InlineData("completed", false)]
    [InlineData("completed", true)]
    [InlineData("failed", false)]
    [InlineData("failed", true)]
    [InlineData("aborted", false)]
    [InlineData("aborted", true)]
    [InlineData("had enough", false)]
    public async Task Step_IsDisposable_IsDisposedOnceHoweverTheRunEnds(string ending, bool isAsynchronous)
    {
        var step = isAsynchronous ? new DisposedLater() : new Disposed();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pipeline<int> source = ending == "aborted" ? Pipeline.From(EndlessAsync(reached)) : Pipeline.Range(0, Items);
        Pipeline<int> behind = source.Fuse(() => step).Select(x => ending == "failed" ? throw new InvalidDataException() : x);
        await using PipelineRun run = (ending == "had enough" ? behind.Take(1) : behind).ForEach(_ => { }).Start();
        if (ending == "aborted")
        {
            await Patience.WithAsync(reached.Task, run);
            Assert.Equal(0, step.Disposals);
            run.Abort();
        }

        await Ended.ReportAsync(run);
        Assert.Equal(1, step.Disposals);
    }

    [Fact]
    public async Task Step_DisposalThrows_FailsTheRunWithTheBlocksName()
    {
        await using PipelineRun run = Pipeline.Range(0, Items).Fuse(() => new Disposed { Throws = true }, new() { Name = "mine" }).ForEach(_ => { }).Start();

        Assert.Equal("disposal", (await Ended.ExceptionAsync(run))?.Message);
        Assert.Equal("mine", run.Failure!.Block);
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
    }

    private static async IAsyncEnumerable<int> EndlessAsync(
        TaskCompletionSource reached, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
    {
        yield return 1;
        reached.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
    }

    private sealed class Pairs : IStep<int, int>
    {
        private int? _first;
        private int _flushed;

        public bool TryNext(int item, out int result)
        {
            result = item + (_first ?? 0);
            bool has = _first is not null;
            _first = has ? null : item;
            return has;
        }

        public bool TryFlush(out int result)
        {
            result = --_flushed;
            return _flushed >= -2;
        }
    }

    private sealed class Hoard : IStep<int, int>
    {
        private readonly Queue<int> _items = new();

        public bool TryNext(int item, out int result)
        {
            _items.Enqueue(item);
            result = 0;
            return false;
        }

        public bool TryFlush(out int result) => _items.TryDequeue(out result);
    }

    private sealed class Faulty(int next) : IStep<int, int>
    {
        public bool TryNext(int item, out int result)
        {
            result = item;
            return item == next ? throw new InvalidDataException("next") : true;
        }

        public bool TryFlush(out int result) => throw new InvalidDataException("flush");
    }

    private class Disposed : IStep<int, int>, IDisposable
    {
        public int Disposals { get; protected set; }

        public bool Throws { get; init; }

        public bool TryNext(int item, out int result)
        {
            Assert.Equal(0, Disposals);
            result = item;
            return true;
        }

        public bool TryFlush(out int result)
        {
            result = 0;
            return false;
        }

        public void Dispose()
        {
            Disposals++;
            _ = Throws ? throw new InvalidDataException("disposal") : 0;
        }
    }

    private sealed class DisposedLater : Disposed, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Disposals++;
        }
    }
}

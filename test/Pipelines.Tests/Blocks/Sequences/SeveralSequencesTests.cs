using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Blocks.Sequences;

public sealed class SeveralSequencesTests
{
    [ThreadStatic]
    private static bool t_isForeign;

    // A task for each that there might be: OutOfMemoryException.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Parallelism_AsGreatAsCanBe_HasAsManyWorkersAsItems(bool ordered)
    {
        int open = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pipeline<int> pipeline = Pipeline.Range(0, 100).SelectManyAsync(SequenceAsync, new() { Parallelism = int.MaxValue, Ordered = ordered });
        List<int> seen = await pipeline.ToListAsync().InTime();

        Assert.Equal(Enumerable.Range(0, 100), ordered ? seen : seen.Order());

        async IAsyncEnumerable<int> SequenceAsync(int item)
        {
            if (Interlocked.Increment(ref open) == 100)
            {
                all.SetResult();
            }

            await all.Task;
            yield return item;
        }
    }

    [Fact]
    public async Task Ordered_OneSequenceIsSlow_ManyShortOnesComeToTheirEndsBehindIt()
    {
        int ended = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> seen = await Pipeline.Range(0, 100).SelectManyAsync(SequenceAsync, new() { Parallelism = 2, Capacity = 32 }).ToListAsync().InTime();

        Assert.Equal(Enumerable.Range(0, 100), seen);

        async IAsyncEnumerable<int> SequenceAsync(int item)
        {
            if (item == 0)
            {
                await enough.Task;
            }

            yield return item;
            if (++ended == 30) // each has a slot, and the one that moves another
            {
                enough.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task Failure_SequenceThrowsAndItsDisposalToo_IsTheSequences()
    {
        var first = new InvalidDataException("first");
        var second = new InvalidDataException("second");
        await using PipelineRun run = Pipeline.Range(0, 10)
            .SelectManyAsync(_ => new Broken(first, second), new() { Name = "broken", Parallelism = 2 })
            .ForEach(_ => { })
            .Start();

        Assert.Same(first, await Ended.ExceptionAsync(run));
        Assert.Equal(("broken", 0), (run.Failure?.Block, run.Failure?.Item));
        Assert.Contains(run.Snapshot().LaterFailures, later => later.Exception == second && Equals(later.Item, 0));
    }

    // Unordered, letters came from several threads at once, and the count was written by all of them.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Skipped_ManyItemsFail_ComeOneAtATimeAndAreCounted(bool asynchronous, bool ordered)
    {
        const int Items = 20_000;
        int told = 0;
        int telling = 0;
        bool wereTwo = false;
        var options = new BlockOptions { Name = "flatten", Parallelism = 8, Ordered = ordered, OnError = ErrorPolicy.Skip };
        Pipeline<int> flat = asynchronous
            ? Pipeline.Range(0, Items).SelectManyAsync(x => FailingAsync(x), options)
            : Pipeline.Range(0, Items).SelectMany(Failing, options);
        PipelineReport report = await flat.ForEach(_ => { }).RunAsync(new PipelineOptions
        {
            OnSkipped = _ =>
            {
                wereTwo |= Interlocked.Increment(ref telling) != 1;
                told++;
                Interlocked.Decrement(ref telling);
            },
        }).InTime();

        BlockReport row = report.Blocks.Single(block => block.Name == "flatten");
        Assert.Equal((Items, Items, Items, false), ((int)row.Failed, (int)row.Out, told, wereTwo));

        static IEnumerable<int> Failing(int item)
        {
            yield return item;
            throw new InvalidDataException();
        }

        static async IAsyncEnumerable<int> FailingAsync(int item)
        {
            await Task.Yield();
            yield return item;
            throw new InvalidDataException();
        }
    }

    [Fact]
    public async Task DeadLetters_Ordered_ComeInInputOrder()
    {
        List<object?> letters = [];
        List<int> seen = await Pipeline.Range(0, 100)
            .SelectManyAsync(OddAsync, new() { Parallelism = 4, OnError = ErrorPolicy.DeadLetter(letter => letters.Add(letter.Item)) })
            .ToListAsync().InTime();

        Assert.Equal(Enumerable.Range(0, 100), seen);
        Assert.Equal(Enumerable.Range(0, 100).Where(x => x % 2 == 1).Cast<object>(), letters);

        static async IAsyncEnumerable<int> OddAsync(int item)
        {
            yield return item;
            await Task.Yield();
            if (item % 2 == 1)
            {
                throw new InvalidDataException();
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drain_SequenceFails_WhatIsBeforeItArrivesThroughLaterLinks(bool asynchronous)
    {
        List<int> seen = [];
        var options = new BlockOptions { Parallelism = 4, Capacity = 3 };
        Pipeline<int> flat = asynchronous ? Pipeline.Range(0, 1000).SelectManyAsync(ThirdAsync, options) : Pipeline.Range(0, 1000).SelectMany(Third, options);
        await using PipelineRun run = flat.Buffer(2).ForEachAsync(async (int x) =>
        {
            await Task.Yield();
            seen.Add(x);
        }).Start(new PipelineOptions { Capacity = 2, WhenFailed = FailureMode.Drain(Timeout.InfiniteTimeSpan) });

        Assert.IsType<InvalidDataException>(await Ended.ExceptionAsync(run));
        Assert.Equal(300, run.Failure?.Item);
        Assert.Equal(Enumerable.Range(0, 301), seen);

        static IEnumerable<int> Third(int item)
        {
            yield return item;
            if (item % 300 == 0 && item > 0)
            {
                throw new InvalidDataException();
            }
        }

        static async IAsyncEnumerable<int> ThirdAsync(int item)
        {
            await Task.Yield();
            foreach (int result in Third(item))
            {
                yield return result;
            }
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task AsyncLocals_OfOneItem_AreNotTheNextOnes(bool asynchronous, bool ordered)
    {
        var local = new AsyncLocal<string?> { Value = "ambient" };
        int leaked = 0;
        var options = new BlockOptions { Parallelism = 2, Ordered = ordered };
        Pipeline<int> flat = asynchronous
            ? Pipeline.Range(0, 1000).SelectManyAsync(x => LookAsync(Looked(x)), options)
            : Pipeline.Range(0, 1000).SelectMany(x => Look(Looked(x)), options);
        await flat.ForEach(x => Looked(x)).RunAsync().InTime();

        Assert.Equal(0, leaked);

        int Looked(int x)
        {
            leaked += local.Value == "ambient" ? 0 : 1;
            return x;
        }

        IEnumerable<int> Look(int x)
        {
            local.Value = "first";
            yield return x;
            local.Value = "second";
            yield return x;
        }

        async IAsyncEnumerable<int> LookAsync(int x)
        {
            local.Value = "first";
            yield return x;
            await Task.Yield();
            local.Value = "second";
            yield return x;
        }
    }

    // Whoever completes what a sequence waits for was taken for the rest of the run.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completion_ByAForeignThread_OnlyQueues(bool ordered)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var foreign = new TaskCompletionSource();
        bool wasTaken = false;
        await using PipelineRun run = Pipeline.Range(0, 10)
            .SelectManyAsync(WaitAsync, new() { Parallelism = 2, Ordered = ordered })
            .ForEach(_ => wasTaken |= t_isForeign)
            .Start();
        await waiting.Task.InTime();
        t_isForeign = true;
        foreign.SetResult();
        t_isForeign = false;
        await Ended.ReportAsync(run);

        Assert.False(wasTaken);

        async IAsyncEnumerable<int> WaitAsync(int item)
        {
            waiting.TrySetResult();
            await foreign.Task.ConfigureAwait(false);
            yield return item;
        }
    }

    private sealed class Broken(Exception move, Exception dispose) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current => 0;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => throw move;

        public ValueTask DisposeAsync() => throw dispose;
    }
}

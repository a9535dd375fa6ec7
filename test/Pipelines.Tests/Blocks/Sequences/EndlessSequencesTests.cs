using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Blocks.Sequences;

/// <summary>Sequences that do not end by themselves: they are left between two items, and closed.</summary>
public sealed class EndlessSequencesTests
{
    private int _opened;
    private int _closed;

    public static TheoryData<bool, bool, string> Cases()
    {
        var data = new TheoryData<bool, bool, string>();
        foreach (string ending in (string[])["abort", "cancel", "take", "fail"])
        {
            foreach (bool asynchronous in (bool[])[true, false])
            {
                data.Add(asynchronous, true, ending);
                data.Add(asynchronous, false, ending);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_SequencesDoNotLookAtTheirTokens_EndsBetweenTwoItems(bool asynchronous, bool ordered, string ending)
    {
        using var cancellation = new CancellationTokenSource();
        var error = new InvalidDataException();
        PipelineRun? run = null;
        int consumed = 0;
        Pipeline<int> flat = Flatten(Pipeline.Range(0, 20), asynchronous, new() { Parallelism = 3, Ordered = ordered });
        run = (ending == "take" ? flat.Take(5000) : flat).ForEach(_ => Consume()).Start(cancellationToken: cancellation.Token);
        Exception? thrown = await Ended.ExceptionAsync(run);

        Assert.Equal(
            ending switch { "cancel" => RunOutcome.Cancelled, "take" => RunOutcome.Completed, "fail" => RunOutcome.Failed, _ => RunOutcome.Stopped },
            run.Snapshot().Outcome);
        Assert.Equal(ending == "fail", ReferenceEquals(error, thrown));
        Assert.Equal(_opened, _closed);
        Assert.InRange(_opened, 1, 3);

        void Consume()
        {
            if (++consumed == 5000)
            {
                switch (ending)
                {
                    case "abort":
                        run!.Abort();
                        break;
                    case "cancel":
                        cancellation.Cancel();
                        break;
                    case "fail":
                        throw error;
                }
            }
        }
    }

    // Nobody was there yet who could have been told, and nobody came.
    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public async Task Abort_BlockHasHardlyBegun_EndsTheRun(int steps, bool ordered)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var scheduler = new StepScheduler(seed);
            PipelineRun run = Flatten(Pipeline.Range(0, 2), asynchronous: false, new() { Parallelism = 2, Ordered = ordered })
                .ForEach(_ => { })
                .Start(new PipelineOptions { Scheduler = scheduler });
            for (int i = 0; i < steps; i++)
            {
                scheduler.Step();
            }

            run.Abort();
            scheduler.RunToItsEnd(run);
            await run.Completion;
        }

        Assert.Equal(_opened, _closed);
    }

    // On one thread: an endless sequence gives it back, or nobody could abort.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Step_EndlessSequence_GivesItsThreadBack(bool asynchronous, bool ordered)
    {
        var scheduler = new StepScheduler(1);
        int consumed = 0;
        PipelineRun run = Flatten(Pipeline.Range(0, 2), asynchronous, new() { Parallelism = 2, Ordered = ordered })
            .ForEach(_ => consumed++)
            .Start(new PipelineOptions { Scheduler = scheduler });
        for (int i = 0; i < 100; i++)
        {
            Assert.True(scheduler.Step());
        }

        run.Abort();
        scheduler.RunToItsEnd(run);
        await run.Completion;

        Assert.True(consumed > 1000);
        Assert.Equal((2, 2), (_opened, _closed));
    }

    [Theory]
    [InlineData(true, "take")]
    [InlineData(false, "take")]
    [InlineData(true, "abort")]
    [InlineData(false, "abort")]
    public async Task Run_QuietSequencesThatObeyTheirTokens_Ends(bool ordered, string ending)
    {
        PipelineRun? run = null;
        Pipeline<int> flat = Pipeline.Range(0, 20).SelectManyAsync(QuietAsync, new() { Parallelism = 3, Ordered = ordered });
        run = (ending == "take" ? flat.Take(1) : flat).ForEach(_ =>
        {
            if (ending == "abort")
            {
                run!.Abort();
            }
        }).Start();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(ending == "take" ? RunOutcome.Completed : RunOutcome.Stopped, report.Outcome);
        Assert.Empty(report.LaterFailures);
        Assert.Equal(_opened, _closed);

        async IAsyncEnumerable<int> QuietAsync(int item, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            Interlocked.Increment(ref _opened);
            try
            {
                yield return item;
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                Interlocked.Increment(ref _closed);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_SequenceMoves_TheRunWaitsForItAndSaysSo(bool ordered)
    {
        var moving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<object?> back = [];
        await using PipelineRun run = Pipeline.Range(0, 1)
            .SelectManyAsync(StuckAsync, new() { Name = "stuck", Parallelism = 2, Ordered = ordered })
            .ForEach(_ => { })
            .Start(new PipelineOptions { OnUndelivered = item => back.Add(item.Item) });
        await moving.Task.InTime();
        run.Abort();
        string[] heldUpBy = [.. run.Snapshot().HeldUpBy];
        bool hadEnded = run.Completion.IsCompleted;
        release.SetResult();
        await Ended.ReportAsync(run);

        Assert.Equal(["stuck"], heldUpBy.Where(name => name != "a callback on the run's token")); // that may be at work at this very moment
        Assert.False(hadEnded);
        Assert.Equal(1, _closed);
        Assert.Equal([0, 17], back.Order()); // the item and what its sequence has yielded too late

        async IAsyncEnumerable<int> StuckAsync(int item)
        {
            try
            {
                moving.SetResult();
                await release.Task;
                yield return 17;
            }
            finally
            {
                _closed++;
            }
        }
    }

    private Pipeline<int> Flatten(Pipeline<int> items, bool asynchronous, BlockOptions options) => asynchronous
        ? items.SelectManyAsync(_ => EndlessAsync(), options)
        : items.SelectMany(_ => Endless(), options);

    private IEnumerable<int> Endless()
    {
        Interlocked.Increment(ref _opened);
        try
        {
            for (int i = 0; ; i = (i + 1) % 1000)
            {
                yield return i;
            }
        }
        finally
        {
            Interlocked.Increment(ref _closed);
        }
    }

#pragma warning disable CS1998 // It never waits: that is what it is about.
    private async IAsyncEnumerable<int> EndlessAsync()
#pragma warning restore CS1998
    {
        foreach (int item in Endless())
        {
            yield return item;
        }
    }
}

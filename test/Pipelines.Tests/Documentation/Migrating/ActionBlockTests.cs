using System.Collections.Concurrent;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class ActionBlockTests
{
    private static readonly IEnumerable<int> orders = Enumerable.Range(0, 200);
    private readonly ConcurrentQueue<int> _saved = [];

    [Fact]
    public async Task ActionBlock_Before_SavesAll()
    {
        // snippet: action-before
        var save = new ActionBlock<int>(SaveAsync, new() { MaxDegreeOfParallelism = 4, BoundedCapacity = 64 });
        foreach (int order in orders)
        {
            await save.SendAsync(order);        // false, if the block has failed: nobody looks
        }

        save.Complete();
        await save.Completion;
        // end
        Assert.Equal(orders, _saved.Order());
    }

    [Fact]
    public async Task ActionBlock_After_SavesAll()
    {
        // snippet: action-after
        PipelineReport report = await Pipeline
            .From(orders)
            .ForEachAsync(SaveAsync, new() { Parallelism = 4 })
            .RunAsync();
        // end
        Assert.Equal(orders, _saved.Order());
        Assert.Equal(200, report.Blocks[^1].Out);
    }

    [Fact]
    public async Task ActionBlock_AsAnInboxAfter_SavesAll()
    {
        // snippet: inbox-after
        Channel<int> inbox = Channel.CreateBounded<int>(64);
        await using PipelineRun run = Pipeline
            .From(inbox.Reader)
            .ForEachAsync(SaveAsync, new() { Parallelism = 4 })
            .Start();

        await inbox.Writer.WriteAsync(1);       // wherever orders come from
        await inbox.Writer.WriteAsync(2);

        inbox.Writer.Complete();                // what is in the inbox is still saved
        PipelineReport report = await run.Completion;
        // end
        Assert.Equal([1, 2], _saved.Order());
        Assert.Equal(RunOutcome.Completed, report.Outcome);
    }

    [Fact]
    public async Task ActionBlock_AsAnInboxStopped_LeavesInTheInboxWhatTheRunHasNotTaken()
    {
        Channel<int> inbox = Channel.CreateBounded<int>(64);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using PipelineRun run = Pipeline
            .From(inbox.Reader)
            .ForEachAsync(SaveSlowlyAsync)
            .Start(new() { Capacity = 1 });
        foreach (int order in orders.Take(64))
        {
            Assert.True(inbox.Writer.TryWrite(order));
        }

        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

        // snippet: inbox-stop
        Task<PipelineReport> stopped = run.StopAsync(TimeSpan.FromSeconds(30));     // the run takes no more from the inbox, and saves what it has taken
        // end
        release.SetResult();
        PipelineReport report = await stopped;
        int left = 0;

        // snippet: inbox-rest
        inbox.Writer.TryComplete();
        await foreach (int order in inbox.Reader.ReadAllAsync())
        {
            left++;                             // accepted, and nobody's yet: the channel is yours
        }
        // end
        Assert.Equal(64, _saved.Count + left);
        Assert.Equal(report.Blocks[^1].Out, _saved.Count);
        Assert.InRange(_saved.Count, 1, 6);

        async Task SaveSlowlyAsync(int order)
        {
            begun.TrySetResult();
            await release.Task;
            _saved.Enqueue(order);
        }
    }

    [Fact]
    public async Task ActionBlock_FaultedWhileItTakesAnOrder_MayInventOne()
    {
        for (int round = 0; round < 20; round++)
        {
            // snippet: invented
            List<int> saved = [];
            var save = new ActionBlock<int>(saved.Add);                         // one worker, as by default
            Task fault = Task.Run(() => ((IDataflowBlock)save).Fault(new InvalidDataException()));
            int order = 1;
            while (save.Post(order))                                            // orders from 1 on, until the block takes no more
            {
                order++;
            }

            await fault;
            await save.Completion.ContinueWith(_ => { }, TaskScheduler.Default);
            bool isRight = saved.SequenceEqual(Enumerable.Range(1, saved.Count));
            // end
            Assert.True(isRight || saved.SkipLast(1).SequenceEqual(Enumerable.Range(1, saved.Count - 1)), "More than the last is wrong.");
        }
    }

    [Fact]
    public async Task ActionBlock_DelegateIsCancelled_DropsTheItemWhereAPipelineFails()
    {
        // A time-out of an HTTP client looks like this. The block goes on and completes as if nothing had been.
        int saved = 0;
        void Save(int order) => saved += order == 3 ? throw new OperationCanceledException("timed out") : 1;
        var block = new ActionBlock<int>(Save);
        foreach (int order in orders)
        {
            Assert.True(block.Post(order));
        }

        block.Complete();
        await block.Completion;
        Assert.Equal(199, saved);

        saved = 0;
        await using PipelineRun run = Pipeline.From(orders).ForEach(Save).Start();
        Assert.IsType<OperationCanceledException>(await Ended.ExceptionAsync(run));
        Assert.Equal((RunOutcome.Failed, 3), (run.Snapshot().Outcome, run.Failure?.Item));
    }

    private async Task SaveAsync(int order)
    {
        await Task.Yield();
        _saved.Enqueue(order);
    }
}

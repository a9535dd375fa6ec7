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

        inbox.Writer.Complete();                // or: await run.StopAsync(deadline)
        PipelineReport report = await run.Completion;
        // end
        Assert.Equal([1, 2], _saved.Order());
        Assert.Equal(RunOutcome.Completed, report.Outcome);
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

using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class BroadcastBlockTests
{
    private static readonly List<int> orders = [.. Enumerable.Range(0, 200)];
    private readonly List<int> _saved = [];
    private readonly List<int> _audited = [];

    [Fact]
    public async Task BroadcastBlock_Before_LosesWhatATargetHasNoRoomFor()
    {
        var auditMayGoOn = new TaskCompletionSource();
        async Task AuditAsync(int order)
        {
            await auditMayGoOn.Task;
            _audited.Add(order);
        }

        // snippet: broadcast-before
        var broadcast = new BroadcastBlock<int>(order => order);
        var save = new ActionBlock<int>(Save);
        var audit = new ActionBlock<int>(AuditAsync, new() { BoundedCapacity = 16 });
        broadcast.LinkTo(save, new() { PropagateCompletion = true });
        broadcast.LinkTo(audit, new() { PropagateCompletion = true });
        foreach (int order in orders)
        {
            await broadcast.SendAsync(order);       // true, also for an order that the audit never sees
        }

        broadcast.Complete();
        // end
        await save.Completion;
        auditMayGoOn.SetResult();
        await audit.Completion;
        Assert.Equal(orders, _saved);
        Assert.InRange(_audited.Count, 1, 17);
    }

    [Fact]
    public async Task BroadcastBlock_After_LosesNothing()
    {
        // snippet: broadcast-after
        await Pipeline
            .From(orders)
            .Tee(branch => branch.ForEach(Audit))
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal(orders, _saved);
        Assert.Equal(orders, _audited);
    }

    [Fact]
    public async Task BroadcastBlock_ThatMayLoseAfter_CountsWhatItDropped()
    {
        // snippet: broadcast-dropping-after
        PipelineReport report = await Pipeline
            .From(orders)
            .Tee(branch => branch.Buffer(16, BoundedChannelFullMode.DropOldest).ForEach(Audit))
            .ForEach(Save)
            .RunAsync();
        // end
        Assert.Equal(orders, _saved);
        Assert.Equal(orders[^1], _audited[^1]);
        Assert.Equal(200, _audited.Count + report.Blocks.Sum(block => block.Dropped));
    }

    [Fact]
    public async Task WriteOnceBlock_Before_KeepsTheFirst()
    {
        // snippet: write-once-before
        var first = new WriteOnceBlock<int>(order => order);
        foreach (int order in orders)
        {
            first.Post(order);      // false from the second on
        }

        int winner = await first.ReceiveAsync();
        // end
        Assert.Equal(0, winner);
    }

    [Fact]
    public async Task WriteOnceBlock_After_KeepsTheFirst()
    {
        // snippet: write-once-after
        int winner = await Pipeline
            .From(orders)
            .FirstAsync();
        // end
        Assert.Equal(0, winner);
    }

    private void Save(int order) => _saved.Add(order);

    private void Audit(int order) => _audited.Add(order);
}

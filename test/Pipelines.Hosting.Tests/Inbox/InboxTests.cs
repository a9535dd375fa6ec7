using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting.Tests.Inbox;

/// <summary>What an inbox accepts and refuses, from the side of who adds.</summary>
public sealed class InboxTests
{
    [Fact]
    public async Task TryAdd_FullInbox_IsRefusedAndCounted()
    {
        await using var paused = await PausedOrders.StartAsync(capacity: 2);
        PipelineInbox<Order> inbox = paused.Host.Inbox<Order>();

        Assert.Equal([true, true, false], [inbox.TryAdd(new(1)), inbox.TryAdd(new(2)), inbox.TryAdd(new(3))]);
        Assert.Equal((2, 2, true), (inbox.Count, inbox.Capacity, inbox.IsOpen));
        Assert.Equal(1, paused.Pipeline.Inbox!.Refused);
        Assert.Equal(2, paused.Pipeline.Inbox.Accepted);
    }

    [Fact]
    public async Task AddAsync_FullInbox_WaitsForRoom()
    {
        await using var paused = await PausedOrders.StartAsync(capacity: 1);
        PipelineInbox<Order> inbox = paused.Host.Inbox<Order>();
        await inbox.AddAsync(new(1));
        Task waiting = inbox.AddAsync(new(2)).AsTask();
        Assert.False(waiting.IsCompleted);

        paused.Pipeline.Resume();
        await waiting.InTime();
        await paused.Host.StopAsync();

        Assert.Equal([new(1), new(2)], paused.Seen);
    }

    [Fact]
    public async Task AddAsync_Cancelled_HasAcceptedNothing()
    {
        await using var paused = await PausedOrders.StartAsync(capacity: 1);
        PipelineInbox<Order> inbox = paused.Host.Inbox<Order>();
        using var cancellation = new CancellationTokenSource();
        await inbox.AddAsync(new(1), cancellation.Token);
        Task waiting = inbox.AddAsync(new(2), cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        Assert.Equal(cancellation.Token, error.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inbox.AddAsync(new(3), cancellation.Token).AsTask());
        await paused.Host.StopAsync();

        Assert.Equal([new(1)], paused.Seen);
    }

    [Fact]
    public async Task StoppedHost_RefusesWhoAddsAndWhoWaits()
    {
        await using var paused = await PausedOrders.StartAsync(capacity: 1);
        PipelineInbox<Order> inbox = paused.Host.Inbox<Order>();
        await inbox.AddAsync(new(1));
        Task waiting = inbox.AddAsync(new(2)).AsTask();
        Task stop = paused.Host.StopAsync();

        ChannelClosedException error = await Assert.ThrowsAsync<ChannelClosedException>(() => waiting.InTime());
        Assert.Contains("'orders' accepts nothing: the host stops.", error.Message, StringComparison.Ordinal);
        Assert.False(inbox.TryAdd(new(3)));
        Assert.False(inbox.IsOpen);
        await Assert.ThrowsAsync<ChannelClosedException>(() => inbox.AddAsync(new(4)).AsTask());
        await stop;

        Assert.Equal([new(1)], paused.Seen); // what had been accepted is delivered
        Assert.Equal(0, paused.Pipeline.Lost);
    }

    [Fact]
    public async Task Inboxes_OfOneType_AreFoundByName()
    {
        List<Order> first = [], second = [];
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddPipeline<Order>("first", (_, input) => input.ForEach(first.Add)).WithInbox();
            services.AddPipeline<Order>("second", (_, input) => input.ForEach(second.Add)).WithInbox();
        });
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(host.Inbox<Order>);
        Assert.Contains("[FromKeyedServices(\"second\")]", error.Message, StringComparison.Ordinal);

        host.Services.GetRequiredKeyedService<PipelineInbox<Order>>("first").TryAdd(new(1));
        host.Services.GetRequiredKeyedService<PipelineInbox<Order>>("second").TryAdd(new(2));
        await host.StopAsync();

        Assert.Equal([new(1)], first);
        Assert.Equal([new(2)], second);
    }

    [Fact]
    public void WithInbox_BadCapacityOrTwice_IsRefusedAtTheCall()
    {
        PipelineBuilder<Order> builder = new ServiceCollection().AddPipeline<Order>("orders", (_, input) => input.ForEach(_ => { }));

        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => builder.WithInbox(0));
        builder.WithInbox();
        Assert.Throws<InvalidOperationException>(() => builder.WithInbox());
    }

    [Fact]
    public async Task ManyWriters_NothingIsLostOrTwice()
    {
        const int Writers = 8, Each = 5_000;
        HashSet<int> seen = [];
        await using TestHost host = await TestHost.StartAsync(services =>
            services.AddPipeline<Order>("orders", (_, input) => input.ForEach(order => Assert.True(seen.Add(order.Number)))).WithInbox(16));
        PipelineInbox<Order> inbox = host.Inbox<Order>();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                var order = new Order((writer * Each) + i);
                if (!inbox.TryAdd(order))
                {
                    await inbox.AddAsync(order);
                }
            }
        }))).InTime();
        await host.StopAsync();

        Assert.Equal(Writers * Each, seen.Count);
        Assert.Equal(Writers * Each, host.Pipeline("orders").Inbox!.Accepted);
    }
}

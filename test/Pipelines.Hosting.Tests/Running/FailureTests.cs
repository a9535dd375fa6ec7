using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Hosting.Tests.Running;

/// <summary>A pipeline fails: the host stops with it, or it stays failed, or it starts again, and what was accepted is delivered or reported.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task StopHost_IsTheDefault_AndTheHostEndsWithTheOriginalException()
    {
        var failure = new InvalidDataException("A bad order.");
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline<Order>("orders", (_, input) => input.ForEach(order => throw failure)).WithInbox());
        var stopping = TestTime.Signal();
        host.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        host.Inbox<Order>().TryAdd(new(1));
        await stopping.Task.InTime();

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidDataException>(host.StopAsync));
        Assert.Equal(PipelineHostState.Failed, host.Pipeline("orders").State);
        Assert.Same(failure, Assert.Single(host.Log.Of(7)).Exception);
        Assert.Equal(1, host.Pipeline("orders").Lost);
    }

    [Fact]
    public async Task LeaveFailed_InboxKeepsWhatItHasUntilItIsStartedByHand()
    {
        List<Order> seen = [];
        List<LostItem> lost = [];
        bool isBroken = true;
        await using var paused = await StartAsync(order =>
        {
            seen.Add(isBroken ? throw new InvalidDataException() : order);
        }, builder => builder.LeaveFailed().OnLost(lost.Add));
        PipelineInbox<Order> inbox = paused.Inbox<Order>();
        IPipelineHost pipeline = paused.Pipeline("orders");
        await pipeline.PauseAsync().InTime();
        for (int i = 0; i < 10; i++)
        {
            Assert.True(inbox.TryAdd(new(i)));
        }

        pipeline.Resume();
        await paused.Log.SeenAsync(8);
        await paused.Log.SeenAsync(10);
        Assert.False(inbox.TryAdd(new(99)));
        Assert.Equal(0, ((Order)pipeline.Failure!.Item!).Number);
        isBroken = false;
        await pipeline.RestartAsync().InTime();
        Assert.True(inbox.IsOpen);
        Assert.True(inbox.TryAdd(new(10)));
        await paused.StopAsync();

        Assert.Equal(Enumerable.Range(0, 11), seen.Concat(lost.Select(item => (Order)item.Item!)).Select(order => order.Number).Order());
        Assert.Equal((1, (long)lost.Count), (pipeline.Restarts, pipeline.Lost));
    }

    [Fact]
    public async Task RestartOnFailure_WhatWaitedReachesTheNextRun_AndTheFailedItemIsReported()
    {
        List<Order> seen = [];
        List<LostItem> lost = [];
        await using TestHost host = await StartAsync(
            order => seen.Add(order.Number == 3 ? throw new InvalidDataException("three") : order),
            builder => builder.RestartOnFailure(new() { Initial = TimeSpan.Zero }).OnLost(lost.Add));
        for (int i = 0; i < 10; i++)
        {
            await host.Inbox<Order>().AddAsync(new(i));
        }

        await host.Log.SeenAsync(6);
        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 10), seen.Concat(lost.Select(item => (Order)item.Item!)).Select(order => order.Number).Order());
        LostItem failed = Assert.Single(lost, item => item.Reason == LossReason.Failed);
        Assert.Equal(("three", 3), (failed.Exception!.Message, ((Order)failed.Item!).Number));
        Assert.Equal(PipelineHostState.Stopped, host.Pipeline("orders").State);
    }

    [Fact]
    public async Task Redeliver_WhatWasInFlight_ReachesTheNextRun()
    {
        List<Order> seen = [];
        bool hasFailed = false;
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline<Order>("orders", (_, input) => input
                .SelectAsync(order => ValueTask.FromResult(new Priced(order, 1)), new() { Parallelism = 2 })
                .Batch(4)
                .ForEach(batch =>
                {
                    if (!hasFailed)
                    {
                        hasFailed = true;
                        throw new InvalidDataException("The store is away.");
                    }

                    seen.AddRange(batch.Select(priced => priced.Order));
                }))
            .WithInbox(100)
            .RestartOnFailure(new() { Initial = TimeSpan.Zero })
            .Redeliver(lost => lost.Item switch
            {
                Order order => [order],
                Priced priced => [priced.Order],
                Priced[] batch => batch.Select(priced => priced.Order),
                _ => null,
            }));
        for (int i = 0; i < 20; i++)
        {
            await host.Inbox<Order>().AddAsync(new(i));
        }

        await host.Log.SeenAsync(12);
        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 20), seen.Select(order => order.Number).Distinct().Order());
        Assert.Equal((0L, 1), (host.Pipeline("orders").Lost, host.Pipeline("orders").Restarts));
    }

    [Fact]
    public async Task RestartOnFailure_MoreOftenThanAllowed_StopsTheHost()
    {
        var time = new FakeTimeProvider();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddPipeline("numbers", _ => Pipeline.Range(0, 1).ForEach(_ => throw new InvalidDataException("always")))
                .RestartOnFailure(new() { Initial = TimeSpan.FromSeconds(1), MaxRestarts = 2 });
        });
        var stopping = TestTime.Signal();
        host.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        IPipelineHost pipeline = host.Pipeline("numbers");
        for (int restart = 1; restart <= 2; restart++)
        {
            await TestTime.UntilAsync(() => ((HostedPipeline)pipeline).RestartsAt is not null && pipeline.Restarts == restart - 1);
            Assert.Contains($"starts again in 00:00:0{restart}", host.Log.Of(6).Last().Text, StringComparison.Ordinal); // 1 s, then 2 s
            time.Advance(TimeSpan.FromSeconds(restart));
        }

        await stopping.Task.InTime();
        await Assert.ThrowsAsync<InvalidDataException>(host.StopAsync);
        Assert.Equal(2, pipeline.Restarts);
    }

    [Fact]
    public async Task RestartOnFailure_BuildThrowsOnARestart_IsAFailureLikeAnother()
    {
        int builds = 0;
        List<int> seen = [];
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline("numbers", _ => ++builds switch
            {
                1 => Pipeline.Range(0, 1).ForEach(_ => throw new InvalidDataException()),
                2 => throw new IOException("No folder."),
                _ => Pipeline.Range(0, 3).ForEach(seen.Add),
            })
            .RestartOnFailure(new() { Initial = TimeSpan.Zero }));
        await host.Log.SeenAsync(entry => entry.Id == 6 && entry.Exception is IOException);
        await host.Log.SeenAsync(entry => entry.Id == 2 && entry.Text.Contains("completed", StringComparison.Ordinal));
        await host.StopAsync();

        Assert.Equal(3, builds);
        Assert.Equal([0, 1, 2], seen);
    }

    [Fact]
    public async Task Stop_WhileItWaitsToStartAgain_DeliversWhatIsInTheInbox()
    {
        List<Order> seen = [];
        bool isBroken = true;
        await using TestHost host = await StartAsync(
            order => seen.Add(isBroken ? throw new InvalidDataException() : order),
            builder => builder.RestartOnFailure(new() { Initial = TimeSpan.FromHours(1), Maximum = TimeSpan.FromHours(1) }));
        host.Inbox<Order>().TryAdd(new(0));
        await TestTime.UntilAsync(() => host.Pipeline("orders").State == PipelineHostState.Restarting);
        isBroken = false;
        Assert.True(host.Inbox<Order>().TryAdd(new(1))); // it accepts meanwhile, as long as there is room
        await host.StopAsync();

        Assert.Equal([new(1)], seen);
    }

    [Fact]
    public async Task Restart_ByHand_DrainsAndLeavesTheInboxOpen()
    {
        List<Order> seen = [];
        await using TestHost host = await StartAsync(seen.Add, _ => { });
        for (int i = 0; i < 100; i++)
        {
            await host.Inbox<Order>().AddAsync(new(i));
            if (i % 25 == 0)
            {
                await host.Pipeline("orders").RestartAsync().InTime();
            }
        }

        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 100), seen.Select(order => order.Number));
        Assert.Equal((4, 0L), (host.Pipeline("orders").Restarts, host.Pipeline("orders").Lost));
    }

    [Fact]
    public async Task Completed_ByItself_RefusesAndStartsAgainByHand()
    {
        List<Order> seen = [];
        await using TestHost host = await TestHost.StartAsync(services =>
            services.AddPipeline<Order>("orders", (_, input) => input.Take(1).ForEach(seen.Add)).WithInbox());
        host.Inbox<Order>().TryAdd(new(1));
        await TestTime.UntilAsync(() => host.Pipeline("orders").State == PipelineHostState.Completed);
        Assert.False(host.Inbox<Order>().TryAdd(new(2)));
        await host.Pipeline("orders").RestartAsync().InTime();
        Assert.True(host.Inbox<Order>().TryAdd(new(3)));
        await host.StopAsync();

        Assert.Equal([new(1), new(3)], seen);
    }

    [Fact]
    public async Task OnLost_Throws_IsLoggedAndTheOthersAreShown()
    {
        int shown = 0;
        PausedOrders paused = await PausedOrders.StartAsync(10, builder => builder.OnLost(_ => throw new IOException($"{++shown}")).DrainOnStop(TimeSpan.Zero));
        paused.Host.Inbox<Order>().TryAdd(new(1));
        paused.Host.Inbox<Order>().TryAdd(new(2));
        await paused.Host.StopAsync();
        int expected = (int)paused.Pipeline.Lost;
        await paused.DisposeAsync();

        Assert.Equal((expected, expected), (shown, paused.Host.Log.Of(17).Count()));
    }

    [Fact]
    public void RestartBackoff_DoublesUpToItsMaximum()
    {
        var backoff = new RestartBackoff { Initial = TimeSpan.FromSeconds(1), Maximum = TimeSpan.FromSeconds(5) };

        Assert.Equal([1, 2, 4, 5, 5], ((int[])[1, 2, 3, 4, 1000]).Select(failures => backoff.After(failures).TotalSeconds));
        Assert.Throws<ArgumentOutOfRangeException>("Initial", () => new RestartBackoff { Initial = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentOutOfRangeException>("MaxRestarts", () => new RestartBackoff { MaxRestarts = 0 });
    }

    private static Task<TestHost> StartAsync(Action<Order> store, Action<PipelineBuilder<Order>> more) => TestHost.StartAsync(services =>
        more(services.AddPipeline<Order>("orders", (_, input) => input.ForEach(store, new() { Name = "store" })).WithInbox(20)));
}

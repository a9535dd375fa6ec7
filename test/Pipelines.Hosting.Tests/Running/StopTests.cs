using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Pipelines.Hosting.Tests.Running;

/// <summary>The host stops: what was accepted is delivered in its time, and the rest is reported.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_ItemsInTheInboxAndInFlight_AreAllDelivered()
    {
        List<Order> seen = [];
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline<Order>("orders", (_, input) => input
                .SelectAsync(async order =>
                {
                    await Task.Yield();
                    return order;
                }, new() { Parallelism = 4, Capacity = 4 })
                .ForEach(seen.Add))
            .WithInbox(1000));
        await host.Pipeline("orders").PauseAsync().InTime(); // a stop lets a paused pipeline go on
        Order[] orders = [.. Enumerable.Range(0, 1000).Select(number => new Order(number))];
        Assert.All(orders, order => Assert.True(host.Inbox<Order>().TryAdd(order)));
        await host.StopAsync();

        Assert.Equal(orders, seen);
        Assert.Equal((PipelineHostState.Stopped, 0L), (host.Pipeline("orders").State, host.Pipeline("orders").Lost));
        Assert.Contains("1,000 in, 1,000 out", Assert.Single(host.Log.Of(2)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_TimeIsUp_AbortsAndReportsEachItem()
    {
        List<LostItem> lost = [];
        var atWork = TestTime.Signal();
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline<Order>("orders", (_, input) => input.ForEachAsync(
                async (_, token) =>
                {
                    atWork.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                },
                new() { Name = "store", Capacity = 2 }))
            .WithInbox(10)
            .DrainOnStop(TimeSpan.FromMilliseconds(100))
            .OnLost(lost.Add));
        for (int i = 0; i < 10; i++)
        {
            await host.Inbox<Order>().AddAsync(new(i));
        }

        await atWork.Task.InTime();
        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 10), lost.Select(item => ((Order)item.Item!).Number).Order());
        Assert.All(lost, item => Assert.Equal(item.Reason == LossReason.LeftInInbox ? "inbox" : "store", item.Block.Split('#')[0]));
        Assert.Equal(10, host.Pipeline("orders").Lost);
        Assert.Contains(" at store", Assert.Single(host.Log.Of(10)).Text, StringComparison.Ordinal);
        Assert.Single(host.Log.Of(11));
    }

    [Fact]
    public async Task Stop_CodeThatDoesNotReturn_IsNamedAndNotWaitedFor()
    {
        TaskCompletionSource atWork = TestTime.Signal(), release = TestTime.Signal();
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline<Order>("orders", (_, input) => input.ForEachAsync(
                async (_, _) =>
                {
                    atWork.TrySetResult();
                    await release.Task; // looks at no token
                },
                new() { Name = "stuck" }))
            .WithInbox(10)
            .DrainOnStop(TimeSpan.FromMilliseconds(50)));
        host.Inbox<Order>().TryAdd(new(1));
        await atWork.Task.InTime();
        await host.StopAsync();

        Assert.Contains("held up by stuck", Assert.Single(host.Log.Of(5)).Text, StringComparison.Ordinal);
        Assert.Equal(PipelineHostState.Stopped, host.Pipeline("orders").State);
        release.SetResult();
    }

    [Fact]
    public async Task Stop_TwoPipelines_DrainSideBySide()
    {
        TaskCompletionSource first = TestTime.Signal(), second = TestTime.Signal(), started = TestTime.Signal();
        int atWork = 0;
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            // Each can end only when the other has begun to drain: one behind the other would wait until the time is up.
            services.AddPipeline<Order>("first", (_, input) => input.ForEachAsync(Take(first))).WithInbox();
            services.AddPipeline<Priced>("second", (_, input) => input.ForEachAsync(Take2(second))).WithInbox();
        });
        host.Inbox<Order>().TryAdd(new(1));
        host.Inbox<Priced>().TryAdd(new(new(1), 1));
        await started.Task.InTime();
        Task stop = host.StopAsync();
        await host.Log.SeenAsync(entry => entry.Id == 3 && entry.Category == "Pipelines.first");
        await host.Log.SeenAsync(entry => entry.Id == 3 && entry.Category == "Pipelines.second");
        first.SetResult();
        second.SetResult();
        await stop;

        Assert.Equal((0L, 0L), (host.Pipeline("first").Lost, host.Pipeline("second").Lost));

        Func<Order, Task> Take(TaskCompletionSource end) => _ => TakeAsync(end);
        Func<Priced, Task> Take2(TaskCompletionSource end) => _ => TakeAsync(end);

        Task TakeAsync(TaskCompletionSource end)
        {
            if (Interlocked.Increment(ref atWork) == 2)
            {
                started.SetResult();
            }

            return end.Task;
        }
    }

    [Fact]
    public async Task Stop_HostsPatienceEnds_IsAborted()
    {
        var atWork = TestTime.Signal();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
            services
                .AddPipeline<Order>("orders", (_, input) => input.ForEachAsync(async (_, token) =>
                {
                    atWork.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                }))
                .WithInbox()
                .DrainOnStop(TimeSpan.FromMilliseconds(200));
        });
        host.Inbox<Order>().TryAdd(new(1));
        await atWork.Task.InTime();
        await host.StopAsync();

        Assert.Equal(1, host.Pipeline("orders").Lost);
    }

    [Fact]
    public async Task Start_DrainLongerThanTheHostWaits_IsRefusedByName()
    {
        await using TestHost host = TestHost.Build(services =>
        {
            services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
            services.AddPipeline("numbers", _ => Pipeline.Range(0, 1).ForEach(_ => { })).DrainOnStop(TimeSpan.FromSeconds(6));
        });
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Contains("'numbers' may drain for 00:00:06, and the host gives its services 00:00:05", error.Message, StringComparison.Ordinal);
        Assert.Contains("HostOptions.ShutdownTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecondInterrupt_BehindAnyFirst_Aborts()
    {
        int aborts = 0;
        using (var interrupt = new SecondInterrupt(() => aborts++))
        {
            interrupt.Hear(PosixSignal.SIGTERM);
            interrupt.Hear(PosixSignal.SIGTERM); // a supervisor that repeats itself is not somebody who has lost patience
            Assert.Equal(0, aborts);
            interrupt.Hear(PosixSignal.SIGINT);
        }

        Assert.Equal(1, aborts);
    }

    [Fact]
    public async Task Dispose_WithoutAStop_AbortsAndReports()
    {
        List<LostItem> lost = [];
        PausedOrders paused = await PausedOrders.StartAsync(10, builder => builder.OnLost(lost.Add));
        paused.Host.Inbox<Order>().TryAdd(new(1));
        await paused.DisposeAsync();

        Assert.Equal([new LostItem("orders", new Order(1), "inbox", LossReason.LeftInInbox, null)], lost);
    }

    [Fact]
    public async Task Stop_SourceThatNeverEnds_IsStopped()
    {
        await using TestHost host = await TestHost.StartAsync(services => services.AddPipeline<Order>("both", (_, input) => input
            .Select(order => order.Number)
            .Merge(Pipeline.From(EndlessAsync()))
            .ForEach(_ => { })).WithInbox());
        host.Inbox<Order>().TryAdd(new(1));
        await host.StopAsync();

        Assert.Equal((PipelineHostState.Stopped, 0L), (host.Pipeline("both").State, host.Pipeline("both").Lost));

        static async IAsyncEnumerable<int> EndlessAsync()
        {
            for (int i = 0; ; i++)
            {
                yield return i;
                await Task.Yield();
            }
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipelines.Hosting.Tests.Documentation.Shop;

namespace Pipelines.Hosting.Tests.Documentation;

/// <summary>The page on hosting: its first example, and what else can be said of a pipeline.</summary>
public sealed class HostingPageTests
{
    [Fact]
    public async Task Orders_ThroughTheInbox_AreSavedInBatches()
    {
        var saved = new Saved();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(saved).AddScoped<OrderService>().AddScoped<OrderStore>();
        // snippet: orders
        builder.Services.AddPipeline<Order>("orders", (services, input) => input
                .SelectAsync((OrderService service, Order order, CancellationToken token) => service.PriceAsync(order, token), new() { Parallelism = 8 })
                .Batch(100, TimeSpan.FromSeconds(1))
                .ForEachAsync<OrderStore, Priced[]>((store, batch, token) => store.SaveAsync(batch, token)))
            .WithInbox(capacity: 1000)                          // PipelineInbox<Order>, to be injected
            .DrainOnStop(TimeSpan.FromSeconds(20))              // on SIGTERM
            .RestartOnFailure()                                 // or StopHostOnFailure, the default, or LeaveFailed
            .WithHealthCheck();
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        PipelineInbox<Order> inbox = host.Services.GetRequiredService<PipelineInbox<Order>>();
        Assert.Equal([202, 202, 202], Enumerable.Range(0, 3).Select(number => Post(new(number), inbox)));
        await PostAndWaitAsync(new(3), inbox, CancellationToken.None);
        await host.StopAsync().InTime();

        Assert.Equal([0, 1, 2, 3], saved.Orders.Select(order => order.Number));
        Assert.Equal(429, Post(new(4), inbox));
    }

    // snippet: inbox
    private static int Post(Order order, PipelineInbox<Order> inbox) => inbox.TryAdd(order) ? 202 : 429;

    private static async Task PostAndWaitAsync(Order order, PipelineInbox<Order> inbox, CancellationToken token) =>
        await inbox.AddAsync(order, token);                     // waits for room; ends when the order is accepted
    // end

    [Fact]
    public async Task Definition_IsAClass()
    {
        var saved = new Saved();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(saved);
        // snippet: type
        builder.Services.AddPipeline<OrdersPipeline, Order>("orders").WithInbox();
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        host.Services.GetRequiredService<PipelineInbox<Order>>().TryAdd(new(1));
        // snippet: steer
        IPipelineHost orders = host.Services.GetRequiredKeyedService<IPipelineHost>("orders");
        Console.WriteLine($"{orders.State}: {orders.Inbox?.Waiting} wait, {orders.Lost} lost, {orders.Restarts} restarts");
        Console.WriteLine(orders.Snapshot());                   // the report, with the bottleneck
        await orders.PauseAsync();                              // the inbox accepts until it is full
        orders.Resume();
        await orders.RestartAsync();                            // drains, and starts another run
        // end
        await host.StopAsync().InTime();

        Assert.Equal([1], saved.Orders.Select(order => order.Number));
    }

    [Fact]
    public async Task Redeliver_SaysWhatAnOrderIsIn()
    {
        var saved = new Saved { Failures = 1 };
        List<LostItem> deadFile = [];
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(saved).AddScoped<OrderService>().AddScoped<OrderStore>();
        PipelineBuilder<Order> pipeline = builder.Services.AddPipeline<Order>("orders", (_, input) => input
            .SelectAsync((OrderService service, Order order, CancellationToken token) => service.PriceAsync(order, token))
            .Batch(2)
            .ForEachAsync<OrderStore, Priced[]>((store, batch, token) => store.SaveAsync(batch, token))).WithInbox();
        // snippet: redeliver
        pipeline
            .RestartOnFailure(new() { Initial = TimeSpan.FromSeconds(1), MaxRestarts = 10 })
            .Redeliver(lost => lost.Item switch                 // for the next run: such an order may be worked on twice
            {
                Order order => [order],
                Priced priced => [priced.Order],
                Priced[] batch => batch.Select(priced => priced.Order),
                _ => null,
            })
            .OnLost(lost => deadFile.Add(lost));                // what is lost all the same, with where and why
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        PipelineInbox<Order> inbox = host.Services.GetRequiredService<PipelineInbox<Order>>();
        for (int i = 0; i < 4; i++)
        {
            await inbox.AddAsync(new(i));
        }

        await host.StopAsync().InTime();

        Assert.Equal([0, 1, 2, 3], saved.Orders.Select(order => order.Number).Order());
        Assert.Empty(deadFile);
    }

    [Fact]
    public async Task Configuration_SetsABlock()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new() { Args = ["--Pipelines:numbers:Blocks:square:Parallelism=3"] });
        int[] numbers = [1, 2, 3];
        // snippet: configuration
        builder.Services.AddPipeline("numbers", services => Pipeline
                .From(numbers)
                .Select(number => number * number, services.GetBlockOptions("square", new() { Parallelism = 2 }))
                .ForEach(Console.WriteLine))
            .Configure(builder.Configuration.GetSection("Pipelines:numbers"))
            .WithOptions(options => options with { OnError = ErrorPolicy.Skip });
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        int parallelism = host.Services.GetRequiredKeyedService<IPipelineHost>("numbers").Graph!.Blocks.Single(block => block.Name == "square").Parallelism;
        await host.StopAsync().InTime();

        Assert.Equal(3, parallelism);
    }

    [Fact]
    public async Task Health_IsTuned()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        PipelineBuilder pipeline = builder.Services.AddPipeline("numbers", _ => Pipeline.Range(0, 3).ForEach(Console.WriteLine));
        // snippet: health
        pipeline.WithHealthCheck(health =>
        {
            health.StuckAfter = TimeSpan.FromMinutes(5);        // longer than the longest item takes
            health.MaxFailedShare = 0.02;
        });
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        await host.StopAsync().InTime();
    }
}

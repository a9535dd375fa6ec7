using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipelines.Hosting.Tests.Documentation.Shop;

namespace Pipelines.Hosting.Tests.Documentation;

/// <summary>A background service that reads a channel, and what takes its place: both are run, and do the same until the host stops.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task BackgroundService_SavesWhatWasWrittenBeforeTheStop()
    {
        var saved = new Saved();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(saved).AddScoped<OrderService>().AddScoped<OrderStore>();
        // snippet: before-registration
        builder.Services.AddSingleton(Channel.CreateBounded<Order>(1000));
        builder.Services.AddHostedService<OrderWorker>();
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        Channel<Order> orders = host.Services.GetRequiredService<Channel<Order>>();
        await orders.Writer.WriteAsync(new(1));
        await TestTime.UntilAsync(() => saved.Orders.Count == 1);
        await host.StopAsync().InTime();

        Assert.True(orders.Writer.TryWrite(new(2))); // the channel accepts for ever: nobody will read it
    }

    [Fact]
    public async Task Pipeline_SavesWhatWasAcceptedAndRefusesTheRest()
    {
        var saved = new Saved();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(saved).AddScoped<OrderService>().AddScoped<OrderStore>();
        // snippet: after
        builder.Services.AddPipeline<Order>("orders", (services, input) => input
                .SelectAsync((OrderService service, Order order, CancellationToken token) => service.PriceAsync(order, token))
                .ForEachAsync<OrderStore, Priced>((store, priced, token) => store.SaveAsync([priced], token)))
            .WithInbox(1000);
        // end
        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        PipelineInbox<Order> orders = host.Services.GetRequiredService<PipelineInbox<Order>>();
        await orders.AddAsync(new(1));
        await host.StopAsync().InTime();

        Assert.Equal([1], saved.Orders.Select(order => order.Number));
        Assert.False(orders.TryAdd(new(2)));
    }

    // snippet: before
    private sealed class OrderWorker(Channel<Order> orders, IServiceScopeFactory scopes) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (Order order in orders.Reader.ReadAllAsync(stoppingToken))
            {
                await using AsyncServiceScope scope = scopes.CreateAsyncScope();
                Priced priced = await scope.ServiceProvider.GetRequiredService<OrderService>().PriceAsync(order, stoppingToken);
                await scope.ServiceProvider.GetRequiredService<OrderStore>().SaveAsync([priced], stoppingToken);
            }
        }
    }
    // end
}

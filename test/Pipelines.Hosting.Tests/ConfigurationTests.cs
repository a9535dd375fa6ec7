using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pipelines.Hosting.Tests;

/// <summary>Settings come from the configuration, and what is wrong in them is refused at start, by name.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task Configure_Section_SetsCapacitiesTimeoutsAndBlocks()
    {
        await using TestHost host = await StartAsync(
            ("InboxCapacity", "7"),
            ("Capacity", "5"),
            ("DrainTimeout", "00:00:03"),
            ("Blocks:parse:Parallelism", "3"),
            ("Blocks:Store.SaveAsync:Parallelism", "2"),
            ("Blocks:Store.SaveAsync:Capacity", "9"));
        await host.Pipeline("orders").PauseAsync().InTime();
        PipelineGraph graph = host.Pipeline("orders").Graph!;

        Assert.Equal(7, host.Inbox<Order>().Capacity);
        Assert.Equal(3, graph.Blocks.Single(block => block.Name == "parse").Parallelism);
        Assert.Equal(2, graph.Blocks.Single(block => block.Name == "Store.SaveAsync").Parallelism);
        Assert.Equal(5, graph.Links.Single(link => link.To == "parse").Capacity);
        Assert.Equal(9, graph.Links.Single(link => link.To == "Store.SaveAsync").Capacity);
        await host.StopAsync();
        Assert.Contains("drain for 00:00:03", Assert.Single(host.Log.Of(3)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configure_AdaptiveParallelism_TakesThePlaceOfTheNumberInTheCode()
    {
        await using TestHost host = await StartAsync(
            ("Blocks:parse:AdaptiveParallelism:Minimum", "2"), ("Blocks:parse:AdaptiveParallelism:Maximum", "5"), ("Blocks:Store.SaveAsync:Parallelism", "2"));
        await host.Pipeline("orders").PauseAsync().InTime();

        Assert.Equal(5, host.Pipeline("orders").Graph!.Blocks.Single(block => block.Name == "parse").Parallelism);
        Assert.Equal(2, host.Pipeline("orders").Snapshot()!.Blocks.Single(block => block.Name == "parse").Parallelism);
        host.Pipeline("orders").SetParallelism("parse", 4);
        Assert.Equal(4, host.Pipeline("orders").Snapshot()!.Blocks.Single(block => block.Name == "parse").Parallelism);
        Assert.Throws<ArgumentException>("block", () => host.Pipeline("orders").SetParallelism("parze", 4));
        await host.StopAsync();
        Assert.Throws<InvalidOperationException>(() => host.Pipeline("orders").SetParallelism("parse", 4));
    }

    [Theory]
    [InlineData("Blocks:parse:AdaptiveParallelism:Minimum", "65", "AdaptiveParallelism has a maximum of 64, which must not be below its minimum, 65.")]
    [InlineData("InboxCapacity", "0", "The pipeline 'orders': InboxCapacity is 0, and must be 1 or more.")]
    [InlineData("Capacity", "-1", "The pipeline 'orders': Capacity is -1, and must be 1 or more.")]
    [InlineData("DrainTimeout", "-00:00:01", "The pipeline 'orders': DrainTimeout is -00:00:01, and must be zero or more.")]
    [InlineData("WarningsInTenSeconds", "-1", "The pipeline 'orders': WarningsInTenSeconds is -1, and must be 0 or more.")]
    [InlineData("Blocks:parse:Parallelism", "0", "The pipeline 'orders': Blocks:parse:Parallelism is 0, and must be 1 or more.")]
    [InlineData("Blocks:parse:Timeout", "00:00:00", "The pipeline 'orders': Blocks:parse:Timeout is 00:00:00, and must be above zero.")]
    [InlineData("Blocks:parze:Parallelism", "2", "settings for a block 'parze', and there is none. There are: inbox, parse, Store.SaveAsync.")]
    [InlineData("Blocks:inbox:Capacity", "2", "settings for the block 'inbox', which does not take any. Give it services.GetBlockOptions(\"inbox\").")]
    [InlineData("Capasity", "2", "The settings of the pipeline 'orders' cannot be read: ")]
    [InlineData("Capacity", "many", "The settings of the pipeline 'orders' cannot be read: ")]
    public async Task Configure_WhatCannotBeMeant_IsRefusedAtStart(string key, string value, string message)
    {
        await using TestHost host = Build((key, value));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(host.StartAsync);

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthOptions_WhatCannotBeMeant_IsRefusedAtStart()
    {
        await using TestHost host = TestHost.Build(services => services
            .AddPipeline("numbers", _ => Pipeline.Range(0, 1).ForEach(_ => { }))
            .WithHealthCheck(health =>
            {
                (health.StuckAfter, health.FailedOver) = (TimeSpan.Zero, TimeSpan.Zero);
                (health.MaxFailedShare, health.FailedOfAtLeast) = (2, 0);
            }));
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(4, error.Failures.Count());
    }

    private static async Task<TestHost> StartAsync(params (string Key, string Value)[] settings)
    {
        TestHost host = Build(settings);
        await host.StartAsync();
        return host;
    }

    private static TestHost Build(params (string Key, string Value)[] settings)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Pipelines:orders:{setting.Key}", (string?)setting.Value)))
            .Build();
        return TestHost.Build(services =>
        {
            services.AddSingleton<Services.Tally>().AddSingleton<List<Priced>>().AddScoped<Services.Store>();
            services.AddPipeline<Order>("orders", (provider, input) => input
                    .Select(order => new[] { new Priced(order, 1) }, provider.GetBlockOptions("parse", new() { Parallelism = 2 }))
                    .ForEachAsync<Services.Store, Priced[]>((store, batch) => store.SaveAsync(batch)))
                .WithInbox(1000)
                .Configure(configuration.GetSection("Pipelines:orders"));
        });
    }
}

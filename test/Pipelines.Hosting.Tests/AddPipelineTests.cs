using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting.Tests;

/// <summary>Pipelines are registered, found and run, in each of the forms.</summary>
public sealed class AddPipelineTests
{
    [Fact]
    public async Task AddPipeline_WithItsOwnSource_RunsToItsEnd()
    {
        List<int> seen = [];
        await using TestHost host = await TestHost.StartAsync(services =>
            services.AddPipeline("numbers", _ => Pipeline.Range(0, 10).ForEach(seen.Add)));
        await host.Log.SeenAsync(2);
        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 10), seen);
        Assert.Equal(10, host.Pipeline("numbers").Snapshot()!.Blocks[^1].Out);
        Assert.Equal(PipelineHostState.Stopped, host.Pipeline("numbers").State);
    }

    [Fact]
    public async Task AddPipeline_WithInbox_GetsWhatWasAdded()
    {
        List<Order> seen = [];
        await using TestHost host = await TestHost.StartAsync(services =>
            services.AddPipeline("orders", (IServiceProvider _, Pipeline<Order> input) => input.ForEach(seen.Add)).WithInbox<Order>(capacity: 10));
        Assert.True(host.Inbox<Order>().TryAdd(new(1)));
        await host.Inbox<Order>().AddAsync(new(2));
        await host.StopAsync();

        Assert.Equal([new(1), new(2)], seen);
        Assert.Equal(new InboxReport(0, 10, 2, 0, false), host.Pipeline("orders").Inbox);
    }

    [Fact]
    public async Task AddPipeline_FromATypeWithServices_IsMadeForEachRun()
    {
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton<List<Order>>();
            services.AddPipeline<OrdersPipeline, Order>().WithInbox();
            services.AddPipeline<NumbersPipeline>("numbers");
        });
        host.Inbox<Order>().TryAdd(new(1));
        await host.StopAsync();

        Assert.Equal([new(1)], host.Services.GetRequiredService<List<Order>>().Where(order => order.Number < 100));
        Assert.Equal(["OrdersPipeline", "numbers"], host.Services.GetServices<IPipelineHost>().Select(pipeline => pipeline.Name));
    }

    [Fact]
    public void AddPipeline_NameThatAnotherHas_IsRefusedAtTheCall()
    {
        var services = new ServiceCollection();
        services.AddPipeline("numbers", _ => Pipeline.Range(0, 1).ForEach(_ => { }));

        ArgumentException error = Assert.Throws<ArgumentException>(() => services.AddPipeline("numbers", _ => Pipeline.Range(0, 1).ForEach(_ => { })));

        Assert.Contains("'numbers'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => services.AddPipeline(" ", _ => Pipeline.Range(0, 1).ForEach(_ => { })));
        Assert.Throws<ArgumentNullException>(() => services.AddPipeline("x", (Func<IServiceProvider, Pipeline>)null!));
    }

    [Fact]
    public async Task AddPipeline_BuildThrows_StopsTheHostWithItsMessageAndRunsNone()
    {
        int ran = 0;
        await using TestHost host = TestHost.Build(services =>
        {
            services.AddPipeline("first", _ => Pipeline.Range(0, 1).ForEach(_ => ran++));
            services.AddPipeline("broken", _ => throw new InvalidDataException("There is no such folder."));
        });
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Equal("The pipeline 'broken' could not be built. There is no such folder.", error.Message);
        Assert.IsType<InvalidDataException>(error.InnerException);
        Assert.Equal((0, PipelineHostState.NotStarted), (ran, host.Pipeline("first").State));
    }

    [Fact]
    public async Task AddPipeline_InputThatNothingFeeds_IsRefusedAtStart()
    {
        await using TestHost host = TestHost.Build(services =>
            services.AddPipeline("orders", (IServiceProvider _, Pipeline<Order> input) => input.ForEach(_ => { })));

        Exception error = await Assert.ThrowsAnyAsync<Exception>(host.StartAsync);

        Assert.Contains("The pipeline 'orders' is fed with Order, and nothing feeds it: add WithInbox(capacity).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddPipeline_InboxThatIsNotRead_IsRefusedAtStart()
    {
        await using TestHost host = TestHost.Build(services =>
            services.AddPipeline("orders", (IServiceProvider _, Pipeline<Order> _) => Pipeline.Range(0, 1).ForEach(_ => { })).WithInbox());

        Exception error = await Assert.ThrowsAnyAsync<Exception>(host.StartAsync);

        Assert.Contains("an inbox that it does not read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_ThatWasNotStarted_StopsAndIsDisposed()
    {
        TestHost host = TestHost.Build(services => services.AddPipeline("numbers", _ => Pipeline.Range(0, 1).ForEach(_ => { })));
        IPipelineHost pipeline = host.Pipeline("numbers");

        Assert.Equal((PipelineHostState.NotStarted, null, null), (pipeline.State, pipeline.Snapshot(), pipeline.Graph));
        await Assert.ThrowsAsync<InvalidOperationException>(() => pipeline.RestartAsync());
        Assert.Throws<InvalidOperationException>(pipeline.Resume);
        await host.DisposeAsync();
    }

    private sealed class OrdersPipeline(List<Order> store) : IPipelineDefinition<Order>
    {
        public Pipeline Build(Pipeline<Order> input) => input.ForEach(store.Add);
    }

    private sealed class NumbersPipeline(List<Order> store) : IPipelineDefinition
    {
        public Pipeline Build() => Pipeline.Range(100, 1).ForEach(number =>
        {
            lock (store)
            {
                store.Add(new(number));
            }
        });
    }
}

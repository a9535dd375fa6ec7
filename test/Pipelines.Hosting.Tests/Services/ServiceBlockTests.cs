using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting.Tests.Services;

/// <summary>A scope an item, a batch or a worker: made, used and disposed once, however the item ends.</summary>
public sealed class ServiceBlockTests
{
    [Fact]
    public async Task SelectAsyncAndForEachAsync_ScopePerItemAndBatch_EachIsDisposedOnce()
    {
        Tally pricing = new(), storing = new();
        List<Priced> saved = [];
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddScoped(_ => new Pricing(pricing)).AddScoped(_ => new Store(storing, saved));
            services.AddPipeline("orders", _ => Pipeline.Range(0, 100)
                .Select(number => new Order(number))
                .SelectAsync((Pricing service, Order order, CancellationToken token) => service.PriceAsync(order, token), new() { Parallelism = 8 })
                .Batch(30)
                .ForEachAsync<Store, Priced[]>((store, batch) => store.SaveAsync(batch)));
        });
        await host.Log.SeenAsync(2);

        Assert.Equal((100, 100, 100), (pricing.Made, pricing.Used, pricing.Disposed));
        Assert.Equal(4, storing.Disposed);
        Assert.Equal(Enumerable.Range(0, 100).Select(number => new Priced(new(number), number * 2)), saved);
        Assert.Equal(
            ["Pricing.PriceAsync", "Store.SaveAsync"],
            host.Pipeline("orders").Graph!.Blocks.Select(block => block.Name).Where(name => name.EndsWith("Async", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(ScopePer.Item)]
    [InlineData(ScopePer.Worker)]
    public async Task SelectAsync_SomeItemsFail_EveryScopeIsDisposedAllTheSame(ScopePer scope)
    {
        var tally = new Tally();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddScoped(_ => new Pricing(tally));
            services.AddPipeline("orders", _ => Pipeline.Range(-10, 100)
                .Select(number => new Order(number))
                .SelectAsync(
                    (Pricing service, Order order, CancellationToken token) => service.PriceAsync(order, token),
                    new() { Parallelism = 4, OnError = ErrorPolicy.Skip },
                    scope)
                .ForEach(_ => { }));
        });
        await host.Log.SeenAsync(2);

        Assert.Equal((100, tally.Made), (tally.Used, tally.Disposed));
        Assert.InRange(tally.Made, scope == ScopePer.Item ? 100 : 1, scope == ScopePer.Item ? 100 : 4 + 10);
    }

    [Fact]
    public async Task ForEachAsync_ScopePerWorker_IsUsedAgainAndDisposedWithTheRun()
    {
        var tally = new Tally();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddScoped(_ => new Pricing(tally));
            services.AddPipeline("orders", _ => Pipeline.Range(0, 1000)
                .Select(number => new Order(number))
                .ForEachAsync<Pricing, Order>(
                    async (service, order, token) => await service.PriceAsync(order, token), new() { Parallelism = 3 }, ScopePer.Worker));
        });
        await host.Log.SeenAsync(2);

        Assert.InRange(tally.Made, 1, 3);
        Assert.Equal((1000, tally.Made), (tally.Used, tally.Disposed));
    }

    [Fact]
    public async Task AbortedRun_DisposesTheScopeOfTheItemAtWork()
    {
        var tally = new Tally();
        var atWork = TestTime.Signal();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddScoped(_ => new Pricing(tally));
            services.AddPipeline<Order>("orders", (_, input) => input.ForEachAsync<Pricing, Order>(
                async (service, order, token) =>
                {
                    atWork.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                })).WithInbox().DrainOnStop(TimeSpan.Zero);
        });
        host.Inbox<Order>().TryAdd(new(1));
        await atWork.Task.InTime();
        await host.StopAsync();

        Assert.Equal((1, 1), (tally.Made, tally.Disposed));
        Assert.Equal(1, host.Pipeline("orders").Lost);
    }

    [Fact]
    public async Task MissingService_FailsTheStartByName()
    {
        await using TestHost host = TestHost.Build(services => services.AddPipeline("orders", _ => Pipeline.Range(0, 1)
            .Select(number => new Order(number))
            .ForEachAsync<Pricing, Order>(async (service, order, token) => await service.PriceAsync(order, token))));

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains(typeof(Pricing).FullName!, error.Message, StringComparison.Ordinal);
        Assert.Contains("services.AddScoped<Pricing>()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OutsideOfAHost_SaysWhatToDo()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
            Pipeline.Range(0, 1).ForEachAsync<Pricing, int>((service, number) => Task.CompletedTask));

        Assert.Contains("Build it in AddPipeline", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Pipeline.Range(0, 1).SelectAsync((Func<Pricing, int, CancellationToken, Task<int>>)null!));
    }

    [Fact]
    public async Task PipelineInsideAPipeline_FindsTheServicesOfItsHost()
    {
        var tally = new Tally();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddScoped(_ => new Pricing(tally));
            services.AddPipeline("orders", _ => Pipeline.Range(0, 10).ForEachAsync(async (number, token) =>
                await Pipeline.Range(0, number)
                    .Select(inner => new Order(inner))
                    .ForEachAsync<Pricing, Order>(async (service, order, stop) => await service.PriceAsync(order, stop))
                    .RunAsync(token)));
        });
        await host.Log.SeenAsync(2);

        Assert.Equal((45, 45), (tally.Used, tally.Disposed));
    }

    [Theory]
    [InlineData("(Store store, Order[] batch, CancellationToken token) => store.SaveAsync(batch, token)", "Pricing.SaveAsync")]
    [InlineData("async (store, batch) => await store.SaveAsync<int>(batch)", "Pricing.SaveAsync")]
    [InlineData("static (s, b, _) =>\n    s.SaveAsync(b)", "Pricing.SaveAsync")]
    [InlineData("(store, batch) => other.SaveAsync(store, batch)", "(store, batch) => other.SaveAsync(store, batch)")]
    [InlineData("SaveAsync", "SaveAsync")]
    public void BlockName_IsTheServicesMethodWhereThatIsAllThereIs(string expression, string name) =>
        Assert.Equal(name, ServiceBlockName.Of<Pricing>(expression));
}

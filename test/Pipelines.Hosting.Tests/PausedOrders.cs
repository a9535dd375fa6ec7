namespace Pipelines.Hosting.Tests;

/// <summary>A pipeline 'orders' that is paused, so that what is added stays in its inbox.</summary>
internal sealed class PausedOrders : IAsyncDisposable
{
    private PausedOrders(TestHost host, List<Order> seen) => (Host, Seen) = (host, seen);

    public TestHost Host { get; }

    public List<Order> Seen { get; }

    public IPipelineHost Pipeline => Host.Pipeline("orders");

    public static async Task<PausedOrders> StartAsync(int capacity, Action<PipelineBuilder<Order>>? more = null)
    {
        List<Order> seen = [];
        TestHost host = await TestHost.StartAsync(services =>
        {
            PipelineBuilder<Order> builder = services.AddPipeline<Order>("orders", (_, input) => input.ForEach(seen.Add)).WithInbox(capacity);
            more?.Invoke(builder);
        });
        await host.Pipeline("orders").PauseAsync().InTime();
        return new PausedOrders(host, seen);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

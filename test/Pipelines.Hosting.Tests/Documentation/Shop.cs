namespace Pipelines.Hosting.Tests.Documentation.Shop;

public sealed class Saved
{
    public List<Order> Orders { get; } = [];

    public int Failures { get; set; }

    public decimal PriceOf(Order order) => order.Number + Failures;
}

public sealed class OrderService(Saved saved)
{
    public async Task<Priced> PriceAsync(Order order, CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        return new(order, saved.PriceOf(order));
    }
}

public sealed class OrderStore(Saved saved)
{
    public Task SaveAsync(Priced[] batch, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (saved.Failures-- > 0)
        {
            throw new IOException("The database is away.");
        }

        saved.Orders.AddRange(batch.Select(priced => priced.Order));
        return Task.CompletedTask;
    }
}

// snippet: definition
public sealed class OrdersPipeline(Saved saved) : IPipelineDefinition<Order>
{
    public Pipeline Build(Pipeline<Order> input) => input.ForEach(saved.Orders.Add);
}
// end

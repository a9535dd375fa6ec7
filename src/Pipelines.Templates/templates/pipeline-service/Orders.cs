namespace PipelineService;

/// <summary>What is posted.</summary>
public sealed record Order(int Id, decimal Amount);

/// <summary>What is saved.</summary>
public sealed record Priced(Order Order, decimal Price);

/// <summary>A scope of its own for each order.</summary>
public sealed class OrderService
{
    public async Task<Priced> PriceAsync(Order order, CancellationToken token)
    {
        await Task.Delay(10, token);
        return new(order, order.Amount * 1.2m);
    }
}

/// <summary>A scope of its own for each batch.</summary>
public sealed class OrderStore(ILogger<OrderStore> logger)
{
    public Task SaveAsync(Priced[] batch, CancellationToken token)
    {
        logger.LogInformation("{Count} orders saved.", batch.Length);
        return Task.CompletedTask;
    }
}

using Microsoft.Extensions.Options;

namespace Demos.Service;

/// <summary>What is posted.</summary>
internal sealed record Order(long Id);

/// <summary>What is saved.</summary>
internal sealed record Priced(Order Order, decimal Price);

/// <summary>Settings of the demo.</summary>
internal sealed class DemoOptions
{
    /// <summary>Where orders are saved, a line each; nowhere if it is empty.</summary>
    public string Store { get; set; } = "";

    /// <summary>Where orders are noted that were accepted and are not saved.</summary>
    public string Lost { get; set; } = "";

    /// <summary>How long the store takes for a batch.</summary>
    public TimeSpan SaveTakes { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Every how many orders the pricing fails; 0 for never.</summary>
    public long FailEvery { get; set; }
}

/// <summary>A scoped service, as one that holds a database context would be.</summary>
internal sealed class OrderService(IOptions<DemoOptions> options)
{
    public async Task<Priced> PriceAsync(Order order, CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        long every = options.Value.FailEvery;
        return every > 0 && order.Id % every == every - 1 ? throw new InvalidOperationException("There is no price.") : new(order, order.Id % 100);
    }
}

/// <summary>A scoped service that saves batches.</summary>
internal sealed class OrderStore(Journal journal, IOptions<DemoOptions> options)
{
    public async Task SaveAsync(Priced[] batch, CancellationToken token)
    {
        await Task.Delay(options.Value.SaveTakes, token);
        await journal.WriteAsync(batch.Select(priced => priced.Order.Id)); // not to be cancelled: half a batch is no batch
    }
}

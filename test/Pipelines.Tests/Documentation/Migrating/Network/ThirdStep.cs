namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>No block is left.</summary>
internal sealed class ThirdStep : IOrderNetwork
{
    public string Name => "3: one pipeline";

    public Task RunAsync(Shop shop) => Build(shop).RunAsync();

    public static Pipeline Build(Shop shop) =>
        // snippet: network-step-3
        Pipeline
            .From(shop.Pages)
            .SelectAsync(shop.FetchAsync, new() { Parallelism = 4 })
            .SelectMany(shop.Parse)
            .When(order => !order.IsValid, branch => branch.ForEach(shop.Reject))
            .SelectAsync(shop.EnrichAsync, new() { Parallelism = 4 })
            .Tee(branch => branch.ForEach(shop.Audit))
            .Batch(100)
            .ForEachAsync(shop.SaveAsync);
    // end
}

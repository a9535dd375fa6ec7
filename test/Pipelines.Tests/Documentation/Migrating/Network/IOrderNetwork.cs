namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>One way to take the orders of a shop from its pages to where they are saved.</summary>
internal interface IOrderNetwork
{
    string Name { get; }

    /// <summary>Takes all orders there. It ends when all have arrived, or with a failure.</summary>
    Task RunAsync(Shop shop);
}

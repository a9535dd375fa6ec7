namespace Pipelines.Hosting.Tests;

/// <summary>What the tests feed pipelines with.</summary>
public sealed record Order(int Number);

/// <summary>What comes of it.</summary>
public sealed record Priced(Order Order, decimal Price);

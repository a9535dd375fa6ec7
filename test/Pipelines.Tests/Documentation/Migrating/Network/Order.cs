namespace Pipelines.Tests.Documentation.Migrating.Network;

internal sealed record Order(int Number, int Amount, string? Customer)
{
    public bool IsValid => Amount >= 0;
}

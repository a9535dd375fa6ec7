namespace Pipelines.Tests.Dataflow.Networks;

/// <summary>Random rows of blocks: whatever happens to them, they end, nothing of ours is lost, and nothing is left running.</summary>
public sealed class RandomNetworkTests
{
    [Fact]
    public Task Network_OursBetweenInBoxBlocks_EndsAndConserves() => RunAsync(endsAreOurs: false);

    [Fact]
    public Task Network_InBoxBlockBetweenOurs_EndsAndConserves() => RunAsync(endsAreOurs: true);

    private static Task RunAsync(bool endsAreOurs) => Stress.ForSomeTimeAsync(async seed =>
    {
        using var trial = new NetworkTrial(seed, endsAreOurs);
        await trial.RunAsync();
    });
}

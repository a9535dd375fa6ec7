namespace Pipelines.Tests.Blocks;

public sealed class BranchArgumentTests
{
    // It ran, and completed without an item.
    [Fact]
    public void BranchInput_RunOutsideOfItsBranch_IsRefused()
    {
        Pipeline<int>? leaked = null;
        _ = Pipeline.Range(0, 3).Tee(branch => (leaked = branch).ForEach(_ => { }));

        Assert.Throws<InvalidOperationException>(() => { _ = leaked!.ForEach(_ => { }).RunAsync(); });
    }
}

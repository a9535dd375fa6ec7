namespace Pipelines.Tests.Blocks;

/// <summary>A branch that is to come back into its own main line: refused where it is built, by name, for it could wait for itself.</summary>
public sealed class DiamondTests
{
    [Fact]
    public void Branch_UsesItsInputTwice_IsRefusedAtTheCall()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            Pipeline.Range(0, 10).Tee(line => Pipeline.Merge(line.Where(int.IsEvenInteger), line.Where(int.IsOddInteger)).ForEach(_ => { })));

        Assert.StartsWith(
            "The branch 'line =>…' uses its input twice, for 'int.IsEvenInteger' and for 'int.IsOddInteger'. ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Branch_MergedWithItsMainLine_IsRefusedBeforeItRuns()
    {
        Pipeline<int>? side = null;
        Pipeline<int> main = Pipeline.Range(0, 10).Tee(line => (side = line.Select(x => -x)).ForEach(_ => { }));
        Pipeline diamond = Pipeline.Merge(main, side!).ForEach(_ => { });

        Assert.Contains("uses its input twice", Assert.Throws<InvalidOperationException>(() => { _ = diamond.RunAsync(); }).Message, StringComparison.Ordinal);
        Assert.Contains("uses its input twice", Assert.Throws<InvalidOperationException>(() => { _ = diamond.Graph; }).Message, StringComparison.Ordinal);
    }

    // Two lines from one description are two of everything, and each reads the source for itself: no diamond, and no item is shared.
    [Fact]
    public async Task Merge_OfTwoLinesFromOnePipeline_ReadsItsSourceOnceForEach()
    {
        Pipeline<int> source = Pipeline.Range(0, 100);
        List<int> all = await Patience.WithAsync(
            Pipeline.Merge(source.Select(x => 2 * x), source.Select(x => (2 * x) + 1)).ToListAsync(new PipelineOptions { Capacity = 1 }));

        Assert.Equal(Enumerable.Range(0, 200), all.Order());
    }
}

using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Diagnostics;

/// <summary>Runs that nobody refers to any more leave no place behind.</summary>
public sealed class LiveRunsTests
{
    // The places of abandoned runs were swept up when a meter read, and where nobody meters never.
    [Fact]
    public void Join_ManyAreAbandonedAndNobodyReads_PlacesAreSwept()
    {
        const int Runs = 20_000;
        int before = LiveRuns.Taken;
        for (int i = 0; i < Runs / 100; i++)
        {
            Abandon(100);
            GC.Collect();
        }

        Assert.InRange(LiveRuns.Taken, 0, before + (Runs / 10)); // others run meanwhile, and a sweep waits until as many have joined as stayed
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(int runs)
    {
        for (int i = 0; i < runs; i++)
        {
            LiveRuns.Join(new PipelineRun(Pipeline.Range(0, 1).ForEach(_ => { }).Consumer, PipelineOptions.Default));
        }
    }
}

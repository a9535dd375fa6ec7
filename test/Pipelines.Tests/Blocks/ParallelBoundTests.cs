namespace Pipelines.Tests.Blocks;

/// <summary>A section holds as much as the graph says, and no more, whatever its items expand to.</summary>
public sealed class ParallelBoundTests
{
    public static TheoryData<int, int, bool> Bounds()
    {
        var data = new TheoryData<int, int, bool>();
        foreach (int parallelism in (int[])[1, 2, 4, 8])
        {
            foreach (int capacity in (int[])[1, 2, 3, 8, 256])
            {
                data.Add(parallelism, capacity, true);
                data.Add(parallelism, capacity, false);
            }
        }

        return data;
    }

    // An item that expands without end: whoever is at the head passes on, the others hold what they may and wait.
    [Theory]
    [MemberData(nameof(Bounds))]
    public async Task Section_ItemsExpandWithoutEnd_HoldsItsBound(int parallelism, int capacity, bool ordered)
    {
        int each = parallelism == 2 && capacity is 2 or 256 ? 1_000_000 : 20_000;
        long made = 0;
        long passed = 0;
        long most = 0;
        Pipeline pipeline = Pipeline.Range(0, 5)
            .Parallel(s => s.SelectMany(Expand), new() { Parallelism = parallelism, Capacity = capacity, Ordered = ordered })
            .ForEach(_ => most = Math.Max(most, Volatile.Read(ref made) - passed++));
        await Patience.WithAsync(pipeline.RunAsync());

        Assert.Equal(5L * each, passed);
        Assert.True(most <= pipeline.Graph.MaxInFlight, $"{most} results were ahead, and {pipeline.Graph.MaxInFlight} may be.");

        IEnumerable<int> Expand(int item)
        {
            for (int i = 0; i < each; i++)
            {
                Interlocked.Increment(ref made);
                yield return (item * each) + i;
            }
        }
    }
}

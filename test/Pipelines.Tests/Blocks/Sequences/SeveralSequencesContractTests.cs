namespace Pipelines.Tests.Blocks.Sequences;

/// <summary>What several sequences at once promise, at every parallelism and capacity, in whatever way the run ends.</summary>
public sealed class SeveralSequencesContractTests
{
    private static readonly string[] s_endings = ["end", "stop", "pause", "delegate", "sequence", "dispose", "cancel", "abort"];

    public static TheoryData<bool, bool, string> Cases()
    {
        var data = new TheoryData<bool, bool, string>();
        foreach (string ending in s_endings)
        {
            foreach (bool asynchronous in (bool[])[true, false])
            {
                data.Add(asynchronous, true, ending);
                data.Add(asynchronous, false, ending);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Run_OnTheThreadPool_LosesNothingAndKeepsItsBound(bool asynchronous, bool ordered, string ending) =>
        ForEachAsync(asynchronous, ordered, one => RunAsync(one, ending));

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Run_InAnyInterleaving_LosesNothingAndKeepsItsBound(bool asynchronous, bool ordered, string ending)
    {
        int seed = Random.Shared.Next(int.MaxValue / 2);
        return ForEachAsync(asynchronous, ordered, async one =>
        {
            for (int i = 0; i < 5; i++)
            {
                await RunAsync(one, ending, seed++);
            }
        });
    }

    [Fact]
    public async Task Run_AgainAndAgain_LosesNothingAndKeepsItsBound() => await Stress.ForSomeTimeAsync(async seed =>
    {
        var random = new Random(seed);
        var one = new SequencesCase(random.Next(2) == 0, random.Next(2) == 0, random.Next(2, 10), random.Next(1, 20), random.Next(2) == 0);
        await RunAsync(one, s_endings[random.Next(s_endings.Length)], random.Next(2) == 0 ? null : seed);
    });

    private static async Task RunAsync(SequencesCase one, string ending, int? seed = null)
    {
        using var probe = new SequencesProbe(one, ending);
        await probe.RunAsync(seed);
    }

    private static async Task ForEachAsync(bool asynchronous, bool ordered, Func<SequencesCase, Task> run)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            foreach (int parallelism in (int[])[2, 3, 8])
            {
                await run(new SequencesCase(asynchronous, ordered, parallelism, capacity, Linked: false));
                await run(new SequencesCase(asynchronous, ordered, parallelism, capacity, Linked: true));
            }
        }
    }
}

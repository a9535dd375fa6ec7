using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Ends;

/// <summary>A fork whose lines have all had enough ends its run, over a source that gives for ever and over one that says nothing more.</summary>
public sealed class EndedForkTests
{
    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (string fork in (string[])["Tee", "Tee twice", "Tee of a Tee", "When", "Partition", "Partition with lanes that end"])
        {
            foreach (string source in (string[])["busy", "busy asynchronous", "quiet", "quiet code", "paced by a pool"])
            {
                cases.Add(fork, source);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fork_AllItsLinesHaveEnded_Ends(string fork, string source)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            Pipeline<int> producer = source switch
            {
                "busy" => Pipeline.From(Busy()),
                "busy asynchronous" => Pipeline.From(BusyAsync()),
                "quiet" => Pipeline.From(QuietAsync()),
                "quiet code" => Pipeline.Produce<int>(async (writer, token) =>
                {
                    for (int i = 0; i < 100; i++)
                    {
                        await writer.WriteAsync(i, token);
                    }

                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                }),
                _ => Pipeline.From(QuietAsync()).SelectAsync(x => new ValueTask<int>(x), new() { Parallelism = 2 }),
            };
            Pipeline pipeline = fork switch
            {
                "Tee" => producer.Tee(b => b.Take(2).ForEach(_ => { })).Take(3).ForEach(_ => { }),
                "Tee twice" => producer.Tee(b => b.Take(2).ForEach(_ => { })).Tee(b => b.Buffer(1).Take(1).ForEach(_ => { })).Take(3).ForEach(_ => { }),
                "Tee of a Tee" => producer.Tee(b => b.Tee(c => c.Take(1).ForEach(_ => { })).Take(2).ForEach(_ => { })).Take(3).ForEach(_ => { }),
                "When" => producer.When(x => x % 2 == 0, b => b.Take(2).ForEach(_ => { })).Take(3).ForEach(_ => { }),
                "Partition" => producer.Partition(x => x, 3, lane => lane.Select(x => x)).Take(3).ForEach(_ => { }),
                _ => producer.Partition(x => x, 3, lane => lane.Take(2)).ForEach(_ => { }),
            };
            await using PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity });
            PipelineReport report = await Ended.ReportAsync(run, $"{fork}, {source}, {capacity}");

            Assert.Equal(RunOutcome.Completed, report.Outcome);
            Conservation.AssertHolds(report, $"{fork}, {source}, {capacity}");
        }
    }

    // A branch that leads to an input which is never begun held the main line for ever.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(256)]
    public async Task Branch_InFrontOfAnInputThatIsNeverBegun_HoldsNobody(int capacity)
    {
        foreach (Func<Pipeline<int>, Pipeline<int>> behind in (Func<Pipeline<int>, Pipeline<int>>[])
            [b => b, b => b.Buffer(2), b => b.SelectAsync(x => new ValueTask<int>(x)), b => b.Batch(2).SelectMany(x => x), b => b.Select(x => x, new() { Parallelism = 2 }), b => b.Tee(c => c.ForEach(_ => { }))])
        {
            List<int> main = [];
            List<int> branch = [];
            await using PipelineRun run = Pipeline.Range(0, 2000)
                .Tee(b => Pipeline.Concat(Pipeline.Range(0, 1000), behind(b)).Take(3).ForEach(branch.Add))
                .ForEach(main.Add)
                .Start(new PipelineOptions { Capacity = capacity });
            PipelineReport report = await Ended.ReportAsync(run);

            Assert.Equal(Enumerable.Range(0, 2000), main);
            Assert.Equal([0, 1, 2], branch);
            Conservation.AssertHolds(report);
        }
    }

    private static IEnumerable<int> Busy()
    {
        for (int i = 0; ; i++)
        {
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> BusyAsync()
    {
        for (int i = 0; ; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> QuietAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        for (int i = 0; i < 100; i++)
        {
            yield return i;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
    }
}

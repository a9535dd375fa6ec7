namespace Pipelines.Tests.Blocks;

/// <summary>What every aggregation by several workers keeps, however its run ends.</summary>
public sealed class AggregationContractTests
{
    public enum Ending
    {
        None,
        Fail,
        Skip,
        Stop,
        Abort,
        Cancel,
    }

    private static readonly Dictionary<string, Func<Pipeline<int>, BlockOptions, Pipeline<int>>> s_inputs = new()
    {
        ["by itself"] = (p, _) => p,
        ["behind a pool"] = (p, options) => p.Select(x => x, options),
        ["behind a section"] = (p, options) => p.Parallel(s => s.Select(x => x).Where(_ => true), options),
        ["behind an unordered section"] = (p, options) => p.Parallel(s => s.Select(x => x).Where(_ => true), options with { Ordered = false }),
        ["behind a section that awaits"] = (p, options) => p.Parallel(
            s => s.SelectAsync(YieldAsync).SelectMany(x => (int[])[x], new() { Name = "flatten" }), options),
        ["behind a broadcast"] = (p, _) => p.Broadcast(branch => branch.Where(x => x % 2 == 0), branch => branch.Where(x => x % 2 != 0)).Merge(),
    };

    public static TheoryData<string, int, Ending> Cases()
    {
        var data = new TheoryData<string, int, Ending>();
        foreach (string input in s_inputs.Keys)
        {
            foreach (int parallelism in (int[])[1, 2, 8])
            {
                foreach (Ending ending in Enum.GetValues<Ending>())
                {
                    data.Add(input, parallelism, ending);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_AnyEnding_FoldsEachItemOnceOrSaysWhereItIs(string input, int parallelism, Ending ending)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            var options = new BlockOptions { Parallelism = parallelism, Capacity = capacity };
            using var source = new CancellationTokenSource();
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            List<int>? folded = null;
            int undelivered = 0;
            Pipeline pipeline = s_inputs[input](Pipeline.From(Items()), options).Aggregate(
                () => new List<int>(),
                (list, x) =>
                {
                    if (x == 300 && ending is Ending.Fail or Ending.Skip)
                    {
                        throw new InvalidDataException();
                    }

                    list.Add(x);
                    return list;
                },
                (some, others) => [.. some, .. others],
                all => folded = all,
                options with { OnError = ending == Ending.Skip ? ErrorPolicy.Skip : null });
            PipelineRun run = pipeline.Start(new PipelineOptions { Capacity = capacity, OnUndelivered = _ => undelivered++ }, source.Token);
            await using (run)
            {
                if (ending is Ending.Stop or Ending.Abort)
                {
                    await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
                    _ = ending == Ending.Stop ? run.StopAsync(Timeout.InfiniteTimeSpan) : Task.Run(run.Abort);
                }

                Exception? error = await Ended.ExceptionAsync(run, $"{input}, {parallelism}, {capacity}");
                PipelineReport report = run.Snapshot();
                string story = $"{input}, {parallelism}, {capacity}: {error}\n{report}";
                Assert.True(
                    ending switch
                    {
                        Ending.Fail => error is InvalidDataException && run.Failure!.Item is 300,
                        Ending.Cancel => error is OperationCanceledException cancelled && cancelled.CancellationToken == source.Token,
                        _ => error is null,
                    },
                    story);
                Conservation.AssertHolds(report, story);
                Assert.True(report.Undelivered == undelivered, story);
                Assert.True(folded is null == ending is Ending.Fail or Ending.Cancel or Ending.Abort, story);
                if (folded is not null)
                {
                    IEnumerable<int> expected = Enumerable.Range(0, (int)report.Blocks[0].Out).Where(x => x != 300 || ending != Ending.Skip);
                    Assert.True(expected.SequenceEqual(folded.Order()), story);
                    Assert.True(report.Blocks[^1].Out == folded.Count, story);
                }
            }

            IEnumerable<int> Items()
            {
                for (int i = 0; i < 1000 || ending is Ending.Stop or Ending.Abort; i++)
                {
                    if (i == 500)
                    {
                        reached.TrySetResult();
                        if (ending == Ending.Cancel)
                        {
                            source.Cancel();
                        }
                    }

                    yield return i;
                }
            }
        }
    }

    private static async ValueTask<int> YieldAsync(int x)
    {
        if (x % 3 == 0)
        {
            await Task.Yield();
        }

        return x;
    }
}

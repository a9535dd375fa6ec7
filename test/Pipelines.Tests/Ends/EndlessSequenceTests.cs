namespace Pipelines.Tests.Ends;

/// <summary>Sequences that never wait, never look at their token and never end are left between two items, wherever they stand.</summary>
public sealed class EndlessSequenceTests
{
    private static readonly string[] s_places =
    [
        "From", "From asynchronous", "SelectMany", "SelectMany behind a filter", "SelectMany pool", "SelectMany pool, unordered",
        "SelectManyAsync", "SelectManyAsync pool", "SelectManyAsync pool, unordered", "Transform iterator",
    ];

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (string place in s_places)
        {
            foreach (string ending in (string[])["cancel", "abort", "stop", "dispose"])
            {
                cases.Add(place, ending);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Sequence_NeverEndsAndNeverWaits_IsLeftAndDisposed(string place, string ending)
    {
        foreach (int capacity in (int[])[1, 256])
        {
            foreach (bool takes in (bool[])[true, false])
            {
                await TryAsync(place, ending, capacity, takes);
            }
        }
    }

    private static async Task TryAsync(string place, string ending, int capacity, bool takes)
    {
        int open = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new CancellationTokenSource();
        Pipeline<int> endless = Build(place, Endless, EndlessAsync);
        await using PipelineRun run = (takes ? endless.ForEach(_ => { }) : endless.Where(_ => false).Buffer(1).ForEach(_ => { }))
            .Start(new PipelineOptions { Capacity = capacity }, source.Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        switch (ending)
        {
            case "cancel":
                await source.CancelAsync();
                break;
            case "abort":
                run.Abort();
                break;
            case "stop":
                // A sequence of a block in the middle is in flight: it is left when the time is up.
                _ = run.StopAsync(place.StartsWith("From", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);
                break;
            default:
                await run.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
                break;
        }

        PipelineReport report = await Ended.ReportAsync(run, $"{place}, {ending}");
        Assert.Equal(ending == "cancel" ? RunOutcome.Cancelled : RunOutcome.Stopped, report.Outcome);
        Assert.Equal(0, Volatile.Read(ref open));
        Assert.Empty(report.LaterFailures);
        Conservation.AssertHolds(report, place);

        IEnumerable<int> Endless(int item)
        {
            Interlocked.Increment(ref open);
            try
            {
                for (int i = 0; ; i++)
                {
                    if (i == 10 || capacity == 1)
                    {
                        reached.TrySetResult();
                    }

                    yield return i;
                }
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        }

        async IAsyncEnumerable<int> EndlessAsync(int item)
        {
            await Task.CompletedTask;
            foreach (int i in Endless(item))
            {
                yield return i;
            }
        }
    }

    private static Pipeline<int> Build(string place, Func<int, IEnumerable<int>> endless, Func<int, IAsyncEnumerable<int>> endlessAsync)
    {
        Pipeline<int> three = Pipeline.Range(0, 3);
        return place switch
        {
            "From" => Pipeline.From(endless(0)),
            "From asynchronous" => Pipeline.From(endlessAsync(0)),
            "SelectMany" => three.SelectMany(endless),
            "SelectMany behind a filter" => three.SelectMany(endless).Where(_ => false).Scan(0, (_, x) => x),
            "SelectMany pool" => three.SelectMany(endless, new() { Parallelism = 2 }),
            "SelectMany pool, unordered" => three.SelectMany(endless, new() { Parallelism = 2, Ordered = false }),
            "SelectManyAsync" => three.SelectManyAsync(endlessAsync),
            "SelectManyAsync pool" => three.SelectManyAsync(endlessAsync, new() { Parallelism = 2 }),
            "SelectManyAsync pool, unordered" => three.SelectManyAsync(endlessAsync, new() { Parallelism = 2, Ordered = false }),
            _ => three.Transform((_, _) => endlessAsync(0)),
        };
    }
}

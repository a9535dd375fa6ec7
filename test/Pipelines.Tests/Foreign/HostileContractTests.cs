using System.Collections.Concurrent;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Foreign;

/// <summary>The block contract where scheduler or clock are hostile: a run ends, says what they have thrown, conserves its items, and leaves nothing
/// running.</summary>
public sealed class HostileContractTests
{
    private static readonly string[] s_endings = ["end", "fail", "cancel", "abort", "stop", "pause", "pause, abort"];

    public static TheoryData<Surroundings, string> All()
    {
        TheoryData<Surroundings, string> all = [];
        foreach (Surroundings one in Surroundings.All)
        {
            foreach (string ending in s_endings)
            {
                all.Add(one, ending);
            }
        }

        return all;
    }

    // Whichever call it is that throws: the first one behind the start, one in the middle, the very last.
    [Theory]
    [InlineData("end")]
    [InlineData("fail")]
    [InlineData("cancel")]
    [InlineData("abort")]
    [InlineData("stop")]
    [InlineData("pause")]
    [InlineData("pause, abort")]
    public async Task Run_EachCallThrowsInItsTurn_EndsAndTellsWhatWasThrown(string ending)
    {
        BlockCase[] blocks = [.. BlockCases.List.Where(block => block.Name is "Select" or "Batch by age" or "SelectAsync yielding" or "Transform" or "Tee" or "Select 8 at once, capacity 2")];
        Assert.Equal(6, blocks.Length);
        foreach (BlockCase block in blocks)
        {
            for (int at = 1; at < 120; at++)
            {
                foreach (Surroundings surroundings in Surroundings.ThrowingAt(at))
                {
                    using var run = new HostileRun(surroundings, block, ending);
                    await run.RunAsync(capacity: 2);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Run_InHostileSurroundings_EndsAndTellsWhatWasThrown(Surroundings surroundings, string ending)
    {
        ConcurrentQueue<Exception> unobserved = [];
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, args) =>
        {
            if (args.Exception.Flatten().InnerExceptions.FirstOrDefault(error => error is HostileException) is { } error)
            {
                unobserved.Enqueue(error);
            }
        };
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            foreach (BlockCase block in BlockCases.List)
            {
                if (ending is "end" or "fail" || !block.EndsEarly)
                {
                    foreach (int capacity in (int[])[1, 256])
                    {
                        using var run = new HostileRun(surroundings, block, ending);
                        await run.RunAsync(capacity, capacity == 1 ? FailureMode.Drain(Timeout.InfiniteTimeSpan) : FailureMode.Abort);
                    }
                }
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Empty(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }
    }
}

namespace Pipelines.Tests.Blocks;

/// <summary>What every transform block keeps when a run ends in its middle: nobody's counting differs from what the report says.</summary>
public sealed class MidRunTests
{
    private static readonly Func<Pipeline<int>, Pipeline<int>>[] s_places = [p => p, p => p.Buffer(2)];

    public static TheoryData<BlockCase, int> Endless()
    {
        var data = new TheoryData<BlockCase, int>();
        foreach (BlockCase block in BlockCases.List.Where(one => one is { EndsEarly: false, Bounded: true }))
        {
            data.Add(block, 1);
            data.Add(block, 2);
            data.Add(block, 256);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Cancel_ConsumerIsHeld_EndsWithTheTokenBehindACompletePrefix(BlockCase block, int capacity)
    {
        await ForEachPlaceAsync(block, capacity, async held =>
        {
            held.Cancel();
            held.Release();
            Exception? error = await Ended.ExceptionAsync(held.Run, block.Name);

            Assert.Equal(held.Token, Assert.IsAssignableFrom<OperationCanceledException>(error).CancellationToken);
            AssertEnded(block, held, RunOutcome.Cancelled);
        });
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Abort_ConsumerIsHeld_EndsWithoutAnExceptionBehindACompletePrefix(BlockCase block, int capacity)
    {
        await ForEachPlaceAsync(block, capacity, async held =>
        {
            held.Run.Abort();
            held.Release();

            Assert.Null(await Ended.ExceptionAsync(held.Run, block.Name));
            AssertEnded(block, held, RunOutcome.Stopped);
        });
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task StopAsync_ConsumerIsHeld_ConsumesAllThatWasProduced(BlockCase block, int capacity)
    {
        await ForEachPlaceAsync(block, capacity, async held =>
        {
            Task<PipelineReport> stopping = held.Run.StopAsync(Timeout.InfiniteTimeSpan);
            held.Release();
            PipelineReport report = await Patience.WithAsync(stopping, held.Run, block.Name);

            AssertEnded(block, held, RunOutcome.Stopped);
            Assert.Equal(0, report.Undelivered);
            IEnumerable<int> expected = block.Model(Enumerable.Range(0, held.Yielded));
            Assert.Equal(block.Ordered ? expected : expected.Order(), block.Ordered ? held.Consumed : held.Consumed.Order());
        });
    }

    private static async Task ForEachPlaceAsync(BlockCase block, int capacity, Func<HeldRun, Task> act)
    {
        foreach (Func<Pipeline<int>, Pipeline<int>> before in s_places)
        {
            foreach (Func<Pipeline<int>, Pipeline<int>> behind in s_places)
            {
                await using var held = new HeldRun(block, capacity, before, behind);
                await held.HoldsAsync(block.Name);
                await act(held);
            }
        }
    }

    private static void AssertEnded(BlockCase block, HeldRun held, RunOutcome outcome)
    {
        PipelineReport report = held.Run.Snapshot();
        string context = $"{block.Name}\n{report}";
        Assert.Equal(outcome, report.Outcome);
        if (block.InLine)
        {
            Conservation.AssertHoldsInLine(report, block.Name);
        }
        else
        {
            Conservation.AssertHolds(report, block.Name);
        }

        Assert.True(report.Blocks[0].Out == held.Yielded, $"The source gave {held.Yielded}. {context}");
        Assert.True(report.Blocks[^1].Out == held.Consumed.Count, $"The consumer got {held.Consumed.Count}. {context}");
        Assert.True(report.Undelivered == held.Returned, $"{held.Returned} came back. {context}");
        if (block.Ordered)
        {
            Assert.Equal(block.Model(Enumerable.Range(0, held.Yielded)).Take(held.Consumed.Count), held.Consumed);
        }
        else
        {
            List<int> possible = [.. block.Model(Enumerable.Range(0, held.Yielded))];
            Assert.All(held.Consumed, item => Assert.True(possible.Remove(item), $"{item} came twice or from nowhere. {context}"));
        }

        // The task that completed the run may be on its last instructions.
        Assert.True(SpinWait.SpinUntil(() => held.Scheduler.Unfinished == 0, TimeSpan.FromSeconds(60)), $"Something is still running. {context}");
    }
}

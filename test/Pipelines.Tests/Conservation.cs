namespace Pipelines.Tests;

/// <summary>The equations that hold for every run that has ended, however it did.</summary>
/// <remarks>
/// Some of the counts are differences of others, so that these equations alone would hold whatever happened. Whether they are true is seen where items are
/// counted from
/// outside: <see cref="Blocks.ConservationTests"/>.
/// </remarks>
internal static class Conservation
{
    public static void AssertHolds(PipelineReport report, string context = "")
    {
        foreach (BlockReport block in report.Blocks)
        {
            // Of a block with two units the row says little. What it does with items is counted from outside: see ConservationTests.
            bool holds = block.Kind == BlockKind.Producer
                || (block.CountsApart ? block.In >= block.Filtered + block.Failed
                    : block.In == block.Out + block.Filtered + block.Failed + block.Dropped + block.Undelivered);
            Assert.True(holds, $"'{block.Name}' does not conserve its items. {context}\n{report}");
        }
    }

    /// <summary>The same for a pipeline without branches, in which each block gets what the one before it puts out.</summary>
    public static void AssertHoldsInLine(PipelineReport report, string context = "")
    {
        AssertHolds(report, context);
        for (int i = 1; i < report.Blocks.Count; i++)
        {
            Assert.True(
                report.Blocks[i].In == report.Blocks[i - 1].Out,
                $"Items were lost between '{report.Blocks[i - 1].Name}' and '{report.Blocks[i].Name}'. {context}\n{report}");
        }
    }
}

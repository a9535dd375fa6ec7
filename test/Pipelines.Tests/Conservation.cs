namespace Pipelines.Tests;

/// <summary>The equations that hold for every run that has ended, however it did.</summary>
internal static class Conservation
{
    /// <summary>Blocks whose input and output are counted in different units, by the start of their name.</summary>
    private static readonly string[] s_otherUnits = ["Append", "Batch", "Prepend", "Window", "Zip", "rewrite"];

    public static void AssertHolds(PipelineReport report, string context = "")
    {
        foreach (BlockReport block in report.Blocks)
        {
            long accounted = block.Out + block.Filtered + block.Failed + block.Dropped + block.Undelivered;
            bool holds = block.Kind == BlockKind.Producer
                || (block.Name.StartsWith("flatten", StringComparison.Ordinal) ? block.In >= block.Filtered + block.Failed // undelivered are what went in and what came of it
                    : s_otherUnits.Any(block.Name.StartsWith) ? block.In >= block.Filtered + block.Failed + block.Undelivered
                    : block.In == accounted);
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

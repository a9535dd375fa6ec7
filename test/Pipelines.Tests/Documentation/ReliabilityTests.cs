using System.Text.RegularExpressions;

namespace Pipelines.Tests.Documentation;

/// <summary>The page that says which test guards what names tests that exist.</summary>
public sealed partial class ReliabilityTests
{
    [Fact]
    public void Page_EveryTestItNames_Exists()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reliability.md"));
        string sources = string.Join('\n', Repository.Sources("test").Select(source => source.Text));

        string[] missing = [.. TestName().Matches(page).Where(name =>
            !sources.Contains($" class {name.Groups[1].Value}", StringComparison.Ordinal)
            || !sources.Contains($" {name.Groups[2].Value}(", StringComparison.Ordinal)).Select(name => name.Value)];

        Assert.NotEmpty(TestName().Matches(page));
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"`([A-Z]\w*Tests)\.(\w+)`")]
    private static partial Regex TestName();
}

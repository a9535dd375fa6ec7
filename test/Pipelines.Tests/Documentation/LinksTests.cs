using System.Text.RegularExpressions;

namespace Pipelines.Tests.Documentation;

/// <summary>What the pages point to is there: other pages, sources, headings, and the names of the code.</summary>
public sealed partial class LinksTests
{
    [Fact]
    public void Pages_EveryLink_LeadsSomewhere()
    {
        string docs = Path.Combine(Repository.Root, "docs");
        string[] pages = [.. Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories), Path.Combine(Repository.Root, "README.md")];
        string[] broken = [.. pages.SelectMany(page => Link().Matches(Text(page)).Select(match => (Page: page, Target: match.Groups[1].Value)))
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !Exists(link.Page, link.Target))
            .Select(link => $"{Path.GetFileName(link.Page)}: {link.Target}")];

        Assert.Empty(broken);
    }

    [Fact]
    public void PageOnArchitecture_EveryNameOfCode_IsInTheSources()
    {
        HashSet<string> words = [.. Repository.Sources("src").SelectMany(source => Word().Matches(source.Text)).Select(word => word.Value)];
        string[] names = [.. Code().Matches(Text(Path.Combine(Repository.Root, "docs", "architecture.md")))
            .SelectMany(code => Name().Matches(code.Groups[1].Value)).Select(name => name.Value).Distinct()];
        string[] ofTheExample = ["paths", "ReadAsync", "IsLong", "Store"];

        Assert.Contains("LinkWriter", names);
        Assert.Equal([], names.Except(ofTheExample).Except(words));
    }

    private static bool Exists(string page, string target)
    {
        string[] parts = target.Split('#');
        string file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
        return parts is [_, var heading] ? File.Exists(file) && Headings(file).Contains(heading) : File.Exists(file) || Directory.Exists(file);
    }

    // As GitHub makes anchors of them.
    private static IEnumerable<string> Headings(string file) => File.ReadAllLines(file)
        .Where(line => line.StartsWith('#'))
        .Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string Text(string page) => File.ReadAllText(page);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<![./\w])_?[A-Za-z]\w{2,}(?=$|\W)")]
    private static partial Regex Name();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[^\w\s-]")]
    private static partial Regex NoAnchor();
}

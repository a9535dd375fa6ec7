using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>Each rule has a page, whose code is found where it is called wrong and not where it is called right; the lists of rules are complete.</summary>
public sealed class DocumentationTests
{
    private static readonly DiagnosticDescriptor[] _rules =
        [.. Findings.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    public static TheoryData<string> Rules => [.. _rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Page_OfARule_HasCodeThatIsFoundAndCodeThatIsNot(string id)
    {
        string[] lines = Lines("docs", "analyzers", $"{id}.md");
        DiagnosticDescriptor rule = _rules.Single(one => one.Id == id);
        string title = rule.Title.ToString(CultureInfo.InvariantCulture);
        Assert.Equal($"# {id}: {char.ToLowerInvariant(title[0])}{title[1..]}", lines[0]);

        string[] wrong = [.. Code(lines, "## Wrong")];
        string[] right = [.. Code(lines, "## Right")];
        Assert.NotEmpty(wrong);
        Assert.NotEmpty(right);
        foreach (string code in wrong)
        {
            Assert.NotEmpty(await Findings.AllAsync(SourceOf(code)));
            Assert.All(await Findings.AllAsync(SourceOf(code)), found => Assert.Equal(id, found.Id));
        }

        foreach (string code in right)
        {
            Assert.Empty(await Findings.AllAsync(SourceOf(code)));
        }
    }

    [Fact]
    public void Rules_AreAllListed()
    {
        Assert.Equal(["PIPE001", "PIPE002", "PIPE003", "PIPE004", "PIPE005", "PIPE006", "PIPE007"], _rules.Select(rule => rule.Id));
        foreach (string[] list in new[] { Lines("docs", "analyzers", "README.md"), Lines("docs", "README.md") })
        {
            string text = string.Join('\n', list);
            Assert.All(_rules, rule => Assert.Contains($"{rule.Id}.md", text, StringComparison.Ordinal));
        }
    }

    // A class is a file, everything else statements.
    private static Source SourceOf(string code) => code.StartsWith("public ", StringComparison.Ordinal)
        ? Source.File("using Microsoft.Extensions.Hosting;\n" + code + """

            namespace Microsoft.Extensions.Hosting
            {
                public abstract class BackgroundService { protected abstract Task ExecuteAsync(CancellationToken stoppingToken); }
            }
            """)
        : Source.Statements(code);

    private static IEnumerable<string> Code(string[] lines, string heading)
    {
        string[] section = [.. lines.SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))];
        for (int start = Array.IndexOf(section, "```csharp"); start >= 0;)
        {
            int end = Array.IndexOf(section, "```", start);
            yield return string.Join('\n', section[(start + 1)..end]);
            start = Array.IndexOf(section, "```csharp", end);
        }
    }

    private static string[] Lines(params string[] path) => File.ReadAllLines(Path.Combine([Root(), .. path]));

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}

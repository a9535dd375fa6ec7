using System.Text;
using System.Text.RegularExpressions;

namespace Snapshots;

/// <summary>What to scrub from one text before it is compared, and how its snapshot is named.</summary>
/// <remarks>Scrubbers run in the order they were added. Each method returns these same settings.</remarks>
public sealed partial class VerifySettings
{
    private readonly List<Action<StringBuilder>> scrubbers = [];

    internal IReadOnlyList<object?> Parameters { get; private set; } = [];

    internal string? MethodName { get; private set; }

    internal string? Directory { get; private set; }

    /// <summary>Changes the text in place before it is compared.</summary>
    /// <param name="scrubber">Gets the whole text, its lines ended by <c>\n</c>.</param>
    /// <returns>These settings.</returns>
    public VerifySettings AddScrubber(Action<StringBuilder> scrubber)
    {
        ArgumentNullException.ThrowIfNull(scrubber);
        scrubbers.Add(scrubber);
        return this;
    }

    /// <summary>Replaces each line.</summary>
    /// <param name="replaceLine">Gets a line and returns what to show, or null to remove it.</param>
    /// <returns>These settings.</returns>
    public VerifySettings ScrubLinesWithReplace(Func<string, string?> replaceLine)
    {
        ArgumentNullException.ThrowIfNull(replaceLine);
        return AddScrubber(text =>
        {
            var lines = text.ToString().Split('\n').Select(replaceLine).Where(line => line is not null);
            text.Clear().AppendJoin('\n', lines);
        });
    }

    /// <summary>Removes the lines that <paramref name="removeLine"/> chooses.</summary>
    /// <param name="removeLine">Gets a line and returns true to remove it.</param>
    /// <returns>These settings.</returns>
    public VerifySettings ScrubLines(Func<string, bool> removeLine)
    {
        ArgumentNullException.ThrowIfNull(removeLine);
        return ScrubLinesWithReplace(line => removeLine(line) ? null : line);
    }

    /// <summary>Removes the lines that contain one of <paramref name="stringToMatch"/>, in whatever case.</summary>
    /// <param name="stringToMatch">The texts to look for.</param>
    /// <returns>These settings.</returns>
    public VerifySettings ScrubLinesContaining(params string[] stringToMatch) =>
        ScrubLinesContaining(StringComparison.OrdinalIgnoreCase, stringToMatch);

    /// <summary>Removes the lines that contain one of <paramref name="stringToMatch"/>.</summary>
    /// <param name="comparison">How to compare.</param>
    /// <param name="stringToMatch">The texts to look for.</param>
    /// <returns>These settings.</returns>
    public VerifySettings ScrubLinesContaining(StringComparison comparison, params string[] stringToMatch)
    {
        ArgumentNullException.ThrowIfNull(stringToMatch);
        return ScrubLines(line => stringToMatch.Any(text => line.Contains(text, comparison)));
    }

    /// <summary>Shows every figure as <c>#</c>: <c>1,204.5 ms</c> becomes <c># ms</c>. Verify has no such method.</summary>
    /// <returns>These settings.</returns>
    public VerifySettings ScrubNumbers() => ScrubLinesWithReplace(line => Number.Replace(line, "#"));

    /// <summary>Gives each case of a theory its own snapshot: <c>Class.Method_name=value.verified.txt</c>.</summary>
    /// <param name="parameters">The values of the test method's parameters, in their order.</param>
    /// <returns>These settings.</returns>
    public VerifySettings UseParameters(params object?[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        return this;
    }

    /// <summary>Names the snapshot otherwise than the test method.</summary>
    /// <param name="name">Takes the place of the method's name in the file's name.</param>
    /// <returns>These settings.</returns>
    public VerifySettings UseMethodName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        MethodName = name;
        return this;
    }

    /// <summary>Keeps the snapshot in another directory than the test's own.</summary>
    /// <param name="directory">A path relative to the test's directory, or an absolute one.</param>
    /// <returns>These settings.</returns>
    public VerifySettings UseDirectory(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Directory = directory;
        return this;
    }

    internal string Scrub(string? target)
    {
        var text = new StringBuilder(SnapshotText.Normalize(target));
        foreach (var scrubber in scrubbers)
        {
            scrubber(text);
        }

        return SnapshotText.Normalize(text.ToString());
    }

    [GeneratedRegex(@"\d+(?:[.,]\d+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Number { get; }
}

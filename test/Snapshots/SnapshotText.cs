namespace Snapshots;

/// <summary>The form in which texts are compared and written.</summary>
internal static class SnapshotText
{
    /// <summary>Ends lines with <c>\n</c> and the text with none, so that neither git nor an editor can break a test.</summary>
    /// <param name="text">What was printed, or read from a file.</param>
    /// <returns>The text to compare; words stand for a text that is missing or empty, as an empty file says nothing.</returns>
    public static string Normalize(string? text) => text switch
    {
        null => "null",
        _ when text.ReplaceLineEndings("\n").TrimEnd('\n') is { Length: > 0 } normalized => normalized,
        _ => "emptyString",
    };
}

namespace Demos;

/// <summary>Splits text without copying it: what comes out are slices.</summary>
internal static class Text
{
    /// <summary>The lines of a text.</summary>
    public static IEnumerable<ReadOnlyMemory<char>> Lines(string text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int length = text.AsSpan(start).IndexOf('\n');
            int end = length < 0 ? text.Length : start + length;
            yield return text.AsMemory(start, end - start);
            start = end + 1;
        }
    }

    /// <summary>The words of a line: its runs of the letters a to z, in either case.</summary>
    public static IEnumerable<ReadOnlyMemory<char>> Words(ReadOnlyMemory<char> line)
    {
        int start = 0;
        while (NextWord(line.Span, ref start) is var length and > 0)
        {
            yield return line.Slice(start, length);
            start += length;
        }
    }

    // Moves to the next letter and returns how many there are; 0 at the end of the line.
    private static int NextWord(ReadOnlySpan<char> line, ref int start)
    {
        while (start < line.Length && !char.IsAsciiLetter(line[start]))
        {
            start++;
        }

        int end = start;
        while (end < line.Length && char.IsAsciiLetter(line[end]))
        {
            end++;
        }

        return end - start;
    }
}

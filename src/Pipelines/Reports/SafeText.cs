using System.Globalization;
using System.Text;

namespace Pipelines;

/// <summary>Text of what users have made, names, items and exceptions, fit to be shown: on one line, of bounded length, and as what it is.</summary>
/// <remarks>
/// What no reader sees is written out (<c>\u202E</c>): characters that control a terminal, turn the direction of what follows, or have no width, and halves of
/// surrogate pairs, which no file can hold.
/// </remarks>
internal static class SafeText
{
    /// <summary>How long a text may be before it is cut.</summary>
    public const int Longest = 200;

    private const int LongestMessage = 1000;
    private const int LongestStack = 8000;

    /// <summary>An object's own text. If it throws, its type.</summary>
    public static string Of(object? value)
    {
        try
        {
            return OnOneLine(value?.ToString() ?? "");
        }
        catch (Exception error)
        {
            return $"a {value!.GetType().Name}, whose text throws {error.GetType().Name}";
        }
    }

    /// <summary>An exception's type and message.</summary>
    public static string OfException(Exception exception)
    {
        try
        {
            return $"{exception.GetType().Name}: {OnOneLine(exception.Message)}";
        }
        catch (Exception error)
        {
            return $"{exception.GetType().Name}, whose message throws {error.GetType().Name}";
        }
    }

    /// <summary>What an exception says, without its type.</summary>
    public static string OfMessage(Exception exception) => Guarded(exception, static error => OnOneLine(error.Message, LongestMessage));

    /// <summary>An exception as it describes itself, with its stack and what is inside of it, on several lines.</summary>
    public static string OfStack(Exception exception) => Guarded(exception, static error =>
    {
        string text = error.ToString();
        IEnumerable<string> lines = text[..Math.Min(text.Length, LongestStack)].ReplaceLineEndings("\n").Split('\n');
        return string.Join('\n', lines.Select(line => OnOneLine(line, LongestMessage))) + (text.Length > LongestStack ? "\n…" : "");
    });

    private static string Guarded(Exception exception, Func<Exception, string> text)
    {
        try
        {
            return text(exception);
        }
        catch (Exception error)
        {
            return $"{exception.GetType().Name}, whose text throws {error.GetType().Name}";
        }
    }

    /// <summary>A text without anything that cannot be seen, cut if it is long.</summary>
    public static string OnOneLine(string text, int longest = Longest)
    {
        if (text.Length <= longest && IsPlain(text))
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, longest));
        for (int i = 0; i < text.Length; i++)
        {
            if (shown.Length >= longest)
            {
                return shown.Append('…').ToString();
            }

            if (char.IsSurrogatePair(text, i) && IsShown(Rune.GetUnicodeCategory(new Rune(text[i], text[i + 1]))))
            {
                shown.Append(text, i++, 2);
            }
            else if (IsShown(text[i]))
            {
                shown.Append(text[i]);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            }
        }

        return shown.ToString();
    }

    private static bool IsPlain(string text)
    {
        foreach (char c in text)
        {
            if (!IsShown(c))
            {
                return false;
            }
        }

        return true;
    }

    // The two joiners shape what stands beside them, the letters of Persian and the picture of a family, and show by that. The last two code points are no
    // characters.
    private static bool IsShown(char c) =>
        c is (>= ' ' and <= '~') or '\u200C' or '\u200D' || (c is > '~' and < '\uFFFE' && IsShown(char.GetUnicodeCategory(c)));

    private static bool IsShown(UnicodeCategory category) => category is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}

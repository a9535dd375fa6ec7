using System.Buffers;
using System.Text;

namespace Pipelines.Execution;

/// <summary>Makes a name that fits a table out of the expression that a block was given.</summary>
internal static class BlockName
{
    private const int Longest = 40;

    private static readonly SearchValues<char> s_breaks = SearchValues.Create("\t\r\n\f\v\u0085\u2028\u2029");

    /// <summary>A name as it was given, except that it must not break the row of a table or the line of a drawing.</summary>
    public static string OnOneLine(string name) =>
        name.AsSpan().ContainsAny(s_breaks) ? string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : name;

    /// <summary>Folds white space and cuts what is too long, with an ellipsis.</summary>
    public static string Shorten(string expression)
    {
        if (expression.Length <= Longest && !expression.AsSpan().ContainsAny(s_breaks))
        {
            return expression;
        }

        var name = new StringBuilder(Longest);
        foreach (string word in expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.Length + word.Length >= Longest)
            {
                name.Append(name.Length == 0 ? word.AsSpan(0, Longest - 1) : " ".AsSpan());
                return name.ToString().TrimEnd() + "…";
            }

            name.Append(name.Length == 0 ? "" : " ").Append(word);
        }

        return name.ToString();
    }
}

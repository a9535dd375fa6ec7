using System.Text;

namespace Pipelines.Execution;

/// <summary>Makes a name that fits a table out of the expression that a block was given.</summary>
internal static class BlockName
{
    private const int Longest = 40;

    /// <summary>Folds white space and cuts what is too long, with an ellipsis.</summary>
    public static string Shorten(string expression)
    {
        if (expression.Length <= Longest && !expression.AsSpan().ContainsAny("\t\r\n"))
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

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipelines.Execution;

/// <summary>Makes a name that fits a table out of the expression that a block was given.</summary>
internal static class BlockName
{
    private const int Longest = 40;
    private const int Few = 16;

    private static readonly SearchValues<char> s_breaks = SearchValues.Create("\t\r\n\f\v\u0085\u2028\u2029");

    /// <summary>A name as it was given, except that it must not break the row of a table or the line of a drawing.</summary>
    public static string OnOneLine(string name) =>
        name.AsSpan().ContainsAny(s_breaks) ? string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : name;

    /// <summary>Numbers what is named alike, from the first on: <c>parse</c>, <c>parse #2</c>. In linear time.</summary>
    /// <remarks>A numbered name may be one that the user has given to another block, which then gets a number in its turn.</remarks>
    public static string[] Unique(string[] given) => given.Length <= Few ? UniqueOfFew(given) : UniqueOfMany(given);

    // Most pipelines are short, and looking at each pair is cheaper than a table of hashes.
    private static string[] UniqueOfFew(string[] given)
    {
        var names = new string[given.Length];
        for (int i = 0; i < names.Length; i++)
        {
            string name = given[i];
            ReadOnlySpan<string> taken = names.AsSpan(0, i);

            // Each of those that were given the same name has taken it or one of its numbers, and the lowest that was free.
            for (int number = given.AsSpan(0, i).Count(name) + 1; taken.Contains(name); number++)
            {
                name = Numbered(given[i], Math.Max(2, number));
            }

            names[i] = name;
        }

        return names;
    }

    private static string[] UniqueOfMany(string[] given)
    {
        var names = new string[given.Length];
        var taken = new HashSet<string>(given.Length);
        Dictionary<string, int> numbers = [];
        for (int i = 0; i < names.Length; i++)
        {
            string name = given[i];
            if (!taken.Add(name))
            {
                // No number is tried twice for a name: those below are taken, and stay so.
                int number = numbers.GetValueOrDefault(given[i], 1);
                do
                {
                    name = Numbered(given[i], ++number);
                }
                while (!taken.Add(name));
                numbers[given[i]] = number;
            }

            names[i] = name;
        }

        return names;
    }

    private static string Numbered(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name} #{number}");

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

using System.CommandLine;

namespace Demos;

/// <summary>Says in a line what is wrong with the arguments, and what to write instead: a page of help would hide it.</summary>
internal static class WrongArguments
{
    public static IEnumerable<string> Explain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        return parsed.UnmatchedTokens is [var stray, ..]
            ? [command is RootCommand ? UnknownDemo(stray) : Stray(command, stray)]
            : parsed.Errors.Select(error => command is RootCommand ? error.Message : $"{error.Message} See {command.Name} --help.");
    }

    private static string UnknownDemo(string name)
    {
        string[] names = [.. Demo.All.Select(demo => demo.Name)];
        return Nearest(name, names) is { } nearest
            ? $"There is no demo '{name}'. Did you mean '{nearest}'?"
            : $"There is no demo '{name}'. There are: {string.Join(", ", names)}.";
    }

    private static string Stray(Command command, string token)
    {
        string[] options = [.. command.Options.Where(option => !option.Hidden && option.Name != "--help").Select(option => option.Name)];
        if (token.StartsWith('-'))
        {
            string instead = Nearest(token, options) is { } nearest ? $"Did you mean {nearest}?"
                : options is [] ? "It has none."
                : $"It has {string.Join(", ", options)}.";
            return $"{command.Name} has no option '{token}'. {instead}";
        }

        return options.Contains("--folder")
            ? $"{command.Name} takes nothing without its option: '{token}' is not known. For a folder: {command.Name} --folder {token}"
            : $"{command.Name} takes no argument, and got '{token}'. See {command.Name} --help.";
    }

    // The beginning of a name, or a slip of the fingers.
    private static string? Nearest(string wrong, string[] names) =>
        Array.Find(names, name => wrong.Length > 2 && name.StartsWith(wrong, StringComparison.OrdinalIgnoreCase))
        ?? names
            .Select(name => (Name: name, Distance: Distance(wrong.ToLowerInvariant(), name)))
            .Where(near => near.Distance <= Math.Max(near.Name.Length > 3 ? 2 : 1, near.Name.Length / 3))
            .OrderBy(near => near.Distance)
            .Select(near => near.Name)
            .FirstOrDefault();

    // Levenshtein's: how many letters are to be put in, taken out or changed.
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}

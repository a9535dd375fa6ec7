using System.Globalization;

namespace Snapshots;

/// <summary>The part of a snapshot's name that tells the cases of a theory apart: <c>_count=2_name=left</c>.</summary>
internal static class ParameterSuffix
{
    // What Windows forbids in a file's name: a snapshot made on another system must be of use there too.
    private static readonly char[] Forbidden = ['"', '<', '>', '|', ':', '*', '?', '\\', '/'];

    public static string Of(TestMethod test, IReadOnlyList<object?> parameters) =>
        parameters.Count == 0
            ? ""
            : string.Concat(test.ParameterNames(parameters.Count).Zip(parameters, (name, value) => $"_{name}={Show(value)}"));

    private static string Show(object? value)
    {
        // In whatever culture the test runs, it is the same file.
        var text = value switch
        {
            null => "null",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

        return string.Concat(text.Select(letter => char.IsControl(letter) || Forbidden.Contains(letter) ? '-' : letter));
    }
}

using System.Text.RegularExpressions;

namespace Pipelines.Hosting;

/// <summary>Makes the name of a block out of the lambda that calls its service, which with the types of its parameters would fill a table.</summary>
internal static partial class ServiceBlockName
{
    /// <summary>The service's type and the method, where the lambda does no more than call one; otherwise the expression as it is.</summary>
    public static string Of<TService>(string expression)
    {
        Match call = Call().Match(expression);
        return call.Success && call.Groups["parameter"].Value == call.Groups["target"].Value
            ? $"{typeof(TService).Name}.{call.Groups["method"].Value}"
            : expression;
    }

    // The first parameter's name, and, behind the arrow, on what the first call is made.
    [GeneratedRegex(
        @"^\s*(?:static\s+|async\s+)*\(\s*(?:[^(),]*\s)?(?<parameter>\w+)\s*,[^()]*\)\s*=>\s*"
        + @"(?:await\s+)?(?<target>\w+)\s*\.\s*(?<method>\w+)\s*(?:<[^()]*>)?\(")]
    private static partial Regex Call();
}

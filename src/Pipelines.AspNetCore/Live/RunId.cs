using System.Globalization;
using System.Security.Cryptography;

namespace Pipelines.AspNetCore;

/// <summary>What a run is called in addresses: its number, and which process it is of. So the page of a run of the process before is never that of
/// another.</summary>
internal static class RunId
{
    /// <summary>No run has it.</summary>
    public const long None = 0;

    private static readonly string s_process = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));

    public static string Of(long number) => string.Create(CultureInfo.InvariantCulture, $"{s_process}-{number}");

    public static long? Parse(string? id) =>
        id is not null && id.StartsWith(s_process + "-", StringComparison.Ordinal)
        && long.TryParse(id.AsSpan(s_process.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}

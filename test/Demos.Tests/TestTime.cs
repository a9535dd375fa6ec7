namespace Demos.Tests;

internal static class TestTime
{
    /// <summary>How long a test waits for what must come: the end of a hang, never a measure of speed.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
}

namespace Pipelines.Processes.Tests;

/// <summary>A hang is a failure, and no time is asserted.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static Task<T> Patiently<T>(this Task<T> task) => task.WaitAsync(Long, TimeProvider.System);

    public static Task Patiently(this Task task) => task.WaitAsync(Long, TimeProvider.System);

    /// <summary>For what the system does not tell: looks again until it is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Long);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Whether a process lives; one that nobody has asked for its end does not.</summary>
    public static bool Lives(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}

using DiffEngine;

namespace Snapshots;

/// <summary>Opens the difference on the developer's screen; does nothing on a build server or where there is no tool.</summary>
internal static class DiffTool
{
    public static async Task ShowAsync(SnapshotFiles files, string message)
    {
        try
        {
            await DiffRunner.LaunchForTextAsync(files.Received, files.Verified);
        }
        catch (Exception exception)
        {
            // A tool that does not start must not hide what it would have shown.
            throw new VerifyException(message, exception);
        }
    }
}

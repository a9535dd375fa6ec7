using System.Diagnostics;

namespace Demos.Tests;

/// <summary>A file whose content comes when the test says so: whoever reads it waits, so the test knows what is in flight.</summary>
internal sealed class NamedPipe
{
    private readonly string _path;

    private NamedPipe(string path) => _path = path;

    public static async Task<NamedPipe> CreateAsync(TextFolder folder, string name)
    {
        string path = Path.Combine(folder.Path, name);
        using Process process = Process.Start("mkfifo", path);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return new NamedPipe(path);
    }

    /// <summary>Ends when somebody reads the file, who then waits for what this writer gets and for its end.</summary>
    public Task<StreamWriter> BeingReadAsync() => Task.Factory.StartNew(
        // Opening waits for the reader, and blocks a thread for it: its own, so that the demo has its pool. Share: the reader holds a lock.
        () => new StreamWriter(new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)),
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(TestTime.Limit);
}

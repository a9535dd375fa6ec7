using System.Runtime.Versioning;

namespace Pipelines.Processes;

/// <summary>Hears of the end of a process from the system itself. The framework's event comes by a signal, its handler's thread, a thread that waits and the
/// thread pool: on busy processors that is many times what it takes to die.</summary>
/// <remarks>A thread for each process, which does nothing else. The framework collects what is left of the process, perhaps before this thread has looked: then
/// its event is on the way.</remarks>
[SupportedOSPlatform("linux")]
internal static class DeathWatch
{
    private const int StackSize = 64 << 10;

    /// <summary>Completes with the exit code, if the framework is not faster.</summary>
    public static void Begin(int process, TaskCompletionSource<int?> exited)
    {
        new Thread(() => Wait(process, exited), StackSize) { IsBackground = true, Name = "worker's end" }.UnsafeStart();
    }

    private static void Wait(int process, TaskCompletionSource<int?> exited)
    {
        if (Native.WaitForEnd(process) is { } code)
        {
            exited.TrySetResult(code);
        }
    }
}

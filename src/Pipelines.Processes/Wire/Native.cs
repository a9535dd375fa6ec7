using System.Runtime.Versioning;

namespace Pipelines.Processes;

/// <summary>The few calls of the system that the framework does not make for us.</summary>
internal static partial class Native
{
    private const short Hangup = 0x10; // POLLHUP
    private const short Error = 0x8; // POLLERR
    private const short Invalid = 0x20; // POLLNVAL
    private const int Terminate = 15; // SIGTERM

    /// <summary>Returns when the other end of a pipe is closed, and not when something comes over it.</summary>
    [UnsupportedOSPlatform("windows")]
    public static unsafe void WaitForHangup(int file)
    {
        var poll = new Poll { File = file };
        while (true)
        {
            poll.Returned = 0;
            int ready = PollFiles(&poll, 1, -1);
            if (ready > 0 && (poll.Returned & (Hangup | Error | Invalid)) != 0)
            {
                return;
            }
        }
    }

    /// <summary>Asks a process to end.</summary>
    [UnsupportedOSPlatform("windows")]
    public static void AskToEnd(int process) => _ = Kill(process, Terminate);

    /// <summary>The handle of this process's output (-11) or error output (-12), on Windows.</summary>
    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    public static partial nint StandardHandle(int which);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int PollFiles(Poll* files, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int File;
        public short Wanted;
        public short Returned;
    }
}

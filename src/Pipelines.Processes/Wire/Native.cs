using System.Runtime.Versioning;

namespace Pipelines.Processes;

/// <summary>The few calls of the system that the framework does not make for us.</summary>
internal static partial class Native
{
    private const short Hangup = 0x10; // POLLHUP
    private const short Error = 0x8; // POLLERR
    private const short Invalid = 0x20; // POLLNVAL
    private const int Terminate = 15; // SIGTERM
    private const int OneProcess = 1; // P_PID
    private const int Exited = 4; // WEXITED
    private const int LeaveIt = 0x0100_0000; // WNOWAIT
    private const int ByItself = 1; // CLD_EXITED
    private const int BySignal = 128;
    private const int Interrupted = 4; // EINTR

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

    /// <summary>Returns when a child process has ended, and leaves it to be collected by somebody else.</summary>
    /// <returns>Its exit code, 128 and the signal's number if it was one; null if it was collected already.</returns>
    [SupportedOSPlatform("linux")]
    public static unsafe int? WaitForEnd(int process)
    {
        var end = default(End);
        while (WaitId(OneProcess, process, &end, Exited | LeaveIt) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return null;
            }
        }

        return end.Code == ByItself ? end.Status : BySignal + end.Status;
    }

    /// <summary>Asks a process to end.</summary>
    [UnsupportedOSPlatform("windows")]
    public static void AskToEnd(int process) => _ = Kill(process, Terminate);

    /// <summary>The handle of this process's output (-11) or error output (-12), on Windows.</summary>
    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    public static partial nint StandardHandle(int which);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int PollFiles(Poll* files, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int WaitId(int type, int process, End* end, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    // siginfo_t on 64 bits.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct End
    {
        [FieldOffset(8)]
        public int Code;

        [FieldOffset(24)]
        public int Status;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int File;
        public short Wanted;
        public short Returned;
    }
}

using System.IO.Pipes;
using System.Runtime.Versioning;

namespace Pipelines.Processes;

/// <summary>A thread that sleeps at all that comes from one worker process: its calls, what it prints, its end.</summary>
/// <remarks>
/// The framework would have the same news go over several threads, its own and the pool's, and on busy processors each of them waits for its turn: a call took
/// twice as long, and an end ten times what it takes to die. What it prints before its end is taken in first, as far as it is there: somebody else may hold the
/// other end of its output, and go on printing.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class Door
{
    private const int StackSize = 256 << 10; // the user's callback for what is printed is called on it
    private const int LongestOutput = 64 << 10;
    private const int ReadsBehindTheEnd = 64;

    private readonly int _process;
    private readonly int _end;
    private readonly OutputPump[] _pumps;
    private readonly TaskCompletionSource<int?> _ended = new();
    private readonly int[] _files;

    private Door(int process, int end, int[] files, OutputPump[] pumps)
    {
        (_process, _end, _files, _pumps) = (process, end, files, pumps);
        new Thread(Watch, StackSize) { IsBackground = true, Name = "worker process" }.UnsafeStart();
    }

    /// <summary>Completes with the exit code, when nobody looks at the streams any more. Null: the framework has it.</summary>
    public Task<int?> Ended => _ended.Task;

    /// <summary>Null: the system is too old for that, or the process is gone already.</summary>
    /// <param name="process">A child of this process.</param>
    /// <param name="streams">Its output and its error output; nobody else reads them.</param>
    /// <param name="pumps">Who takes what comes there.</param>
    public static Door? TryOpen(int process, Stream[] streams, OutputPump[] pumps) =>
        streams is [PipeStream output, PipeStream error] && Native.OpenProcess(process) is var end && end >= 0
            ? new Door(process, end, [(int)output.SafePipeHandle.DangerousGetHandle(), (int)error.SafePipeHandle.DangerousGetHandle()], pumps)
            : null;

    private void Watch()
    {
        byte[] buffer = new byte[LongestOutput];
        for (int left = ReadsBehindTheEnd; left > 0;)
        {
            int news = Native.WaitForNews(_files[0], _files[1], _end);
            for (int i = 0; i < _files.Length; i++)
            {
                if ((news & (1 << i)) != 0)
                {
                    Read(i, buffer);
                }
            }

            bool hasEnded = (news & Native.HasEnded) != 0;
            left = !hasEnded ? left : news == Native.HasEnded ? 0 : left - 1;
        }

        int? code = Native.WaitForEnd(_process);
        _ = Native.Close(_end);
        foreach (OutputPump pump in _pumps)
        {
            pump.End();
        }

        _ended.TrySetResult(code);
    }

    private void Read(int index, byte[] buffer)
    {
        int read = Native.Read(_files[index], buffer);
        if (read > 0)
        {
            _pumps[index].Take(buffer.AsSpan(0, read));
        }
        else
        {
            _files[index] = -1; // it is closed: only the end is waited for
        }
    }
}

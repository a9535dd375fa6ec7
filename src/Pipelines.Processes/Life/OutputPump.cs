using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipelines.Processes;

/// <summary>Reads what a worker process prints, without end: a process whose output nobody reads stands still. In its standard output NUL bytes wake the
/// parent, and everything else is the user's.</summary>
internal sealed class OutputPump
{
    private static readonly FileStream s_output = Own(1);
    private static readonly FileStream s_error = Own(2);

    private readonly Action<WorkerOutput>? _onOutput;
    private readonly int _process;
    private readonly bool _isError;
    private readonly Action? _ring;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public OutputPump(Stream stream, int process, bool isError, Action<WorkerOutput>? onOutput, Action? ring)
    {
        (_process, _isError, _onOutput, _ring) = (process, isError, onOutput, ring);
        Completion = PumpAsync(stream);
    }

    public OutputTail Tail { get; } = new();

    /// <summary>The stream has come to its end: the process is gone, and so is whoever it gave the stream to.</summary>
    public Task Completion { get; }

    /// <summary>What the user's callback has thrown.</summary>
    public Exception? Error { get; private set; }

    private async Task PumpAsync(Stream stream)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer) is var read && read > 0)
            {
                int length = _ring is null ? read : WithoutCalls(buffer.AsSpan(0, read));
                if (length < read)
                {
                    _ring!();
                }

                if (length > 0)
                {
                    Print(buffer.AsSpan(0, length));
                    if (length == buffer.Length && buffer.Length < 64 << 10)
                    {
                        buffer = new byte[64 << 10];
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Debug.WriteLine(error); // it was closed under the read
        }
    }

    private static int WithoutCalls(Span<byte> bytes)
    {
        if (bytes.IndexOf((byte)0) is var first && first < 0)
        {
            return bytes.Length;
        }

        int length = first;
        foreach (byte each in bytes[first..])
        {
            if (each != 0)
            {
                bytes[length++] = each;
            }
        }

        return length;
    }

    private void Print(ReadOnlySpan<byte> bytes)
    {
        Tail.Add(bytes);
        try
        {
            if (_onOutput is null)
            {
                FileStream stream = _isError ? s_error : s_output;
                lock (stream)
                {
                    stream.Write(bytes);
                }

                return;
            }

            char[] text = new char[_decoder.GetCharCount(bytes, flush: false)];
            int length = _decoder.GetChars(bytes, text, flush: false);
            if (length > 0)
            {
                _onOutput(new WorkerOutput(_process, new string(text, 0, length), _isError));
            }
        }
        catch (Exception error)
        {
            Error ??= error; // the worker is not to stand still for that
        }
    }

    private static FileStream Own(nint file) => new(
        new SafeFileHandle(OperatingSystem.IsWindows() ? Windows(file) : file, ownsHandle: false), FileAccess.Write, 0);

    private static nint Windows(nint file) => Native.StandardHandle(file == 1 ? -11 : -12);
}

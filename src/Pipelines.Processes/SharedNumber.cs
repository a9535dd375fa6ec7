using System.IO.MemoryMappedFiles;

namespace Pipelines.Processes;

/// <summary>A number that this process and its workers share: a counter or a sum in one word of memory. It goes to them within items.</summary>
/// <remarks>There is no setter: <c>value += 1</c> would be a read and then a write, between which others write. <b>Thread safety:</b> any thread of any
/// process. <b>Failure:</b> a worker that dies leaves what it has added.</remarks>
[DebuggerDisplay("{Value}")]
public sealed unsafe class SharedNumber : IDisposable
{
    private const int Length = 4096;

    private static readonly Dictionary<string, SharedNumber> s_opened = [];

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly string? _path;
    private long* _word;

    /// <summary>Makes one.</summary>
    /// <param name="value">What it begins with.</param>
    /// <exception cref="IOException">There is no room for it.</exception>
    public SharedNumber(long value = 0)
        : this(Create())
    {
        _path = OperatingSystem.IsLinux() ? $"/proc/{Environment.ProcessId}/fd/{_file.SafeFileHandle.DangerousGetHandle()}" : _file.Name;
        if (OperatingSystem.IsLinux())
        {
            File.Delete(_file.Name); // others find it by our handle as long as we hold that
        }

        *_word = value;
    }

    private SharedNumber(FileStream file)
    {
        _file = file;
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, Length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _word = (long*)start;
    }

    /// <summary>What it is at the moment.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public long Value => Volatile.Read(ref Word);

    internal string Path => _path ?? _file.Name;

    private ref long Word
    {
        get
        {
            ObjectDisposedException.ThrowIf(_word is null, this);
            return ref *_word;
        }
    }

    /// <summary>Adds to it.</summary>
    /// <param name="amount">How much; may be negative.</param>
    /// <returns>What it is then.</returns>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public long Add(long amount) => Interlocked.Add(ref Word, amount);

    /// <summary>Replaces it if it is still what the caller has seen.</summary>
    /// <param name="value">What it is to be.</param>
    /// <param name="comparand">What it must be for that.</param>
    /// <returns>What it was: the comparand, if it was replaced.</returns>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public long CompareExchange(long value, long comparand) => Interlocked.CompareExchange(ref Word, value, comparand);

    /// <summary>Frees its memory in this process; others keep it as long as they hold it. Not while another thread may use it.</summary>
    public void Dispose()
    {
        if (_word is not null)
        {
            _word = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map.Dispose();
            string name = _file.Name;
            _file.Dispose();
            File.Delete(name);
        }
    }

    /// <summary>In a worker: the same number, opened once for as long as the process lives.</summary>
    internal static SharedNumber Open(string path)
    {
        lock (s_opened)
        {
            if (!s_opened.TryGetValue(path, out SharedNumber? number))
            {
                number = new SharedNumber(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
                s_opened.Add(path, number);
            }

            return number;
        }
    }

    private static FileStream Create()
    {
        string path = System.IO.Path.Combine(Segment.DefaultFolder, $"pipelines-{Environment.ProcessId}-number-{Guid.NewGuid():N}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(new byte[Length]);
        return file;
    }
}

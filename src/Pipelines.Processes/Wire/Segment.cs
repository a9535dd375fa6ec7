using System.IO.MemoryMappedFiles;

namespace Pipelines.Processes;

/// <summary>The memory that a worker process shares with its parent: a page of marks and two rings, in a file without a name once it runs.</summary>
internal sealed unsafe class Segment : IDisposable
{
    /// <summary>Of each ring.</summary>
    public const int RingSize = 512 << 10;

    private const long Length = Marks.Size + (2L * RingSize);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private int _isDisposed;

    private Segment(string path, MemoryMappedFile file)
    {
        Path = path;
        _file = file;
        _view = file.CreateViewAccessor(0, Length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Marks = new Marks(start);
        Requests = new ByteRing(start + Marks.Size, RingSize, ref Marks.RequestsHead, ref Marks.RequestsTail);
        Answers = new ByteRing(start + Marks.Size + RingSize, RingSize, ref Marks.AnswersHead, ref Marks.AnswersTail);
    }

    public string Path { get; }

    public Marks Marks { get; }

    public ByteRing Requests { get; }

    public ByteRing Answers { get; }

    /// <summary>Makes one, with all of its memory: a file with holes on a full disk would end whoever touches a hole.</summary>
    /// <param name="folder">Where.</param>
    /// <exception cref="IOException">There is no room for it.</exception>
    public static Segment Create(string folder)
    {
        string path = System.IO.Path.Combine(folder, $"pipelines-{Environment.ProcessId}-{Guid.NewGuid():N}");
        FileStream? stream = null;
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                PreallocationSize = Length,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            stream = new FileStream(path, options);
            stream.SetLength(Length);
            return Of(stream, path);
        }
        catch
        {
            stream?.Dispose();
            Unlink(path);
            throw;
        }
    }

    /// <summary>In the worker: opens it, and has it disappear from the file system.</summary>
    public static Segment Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Unlink(path);
        return Of(stream, path);
    }

    /// <summary>Where such files lie: in memory, where the system has a file system for that.</summary>
    public static string DefaultFolder => Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();

    public void Unlink() => Unlink(Path);

    // Never while anybody may still look at its memory.
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    private static Segment Of(FileStream stream, string path) => new(
        path, MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false));

    private static void Unlink(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Debug.WriteLine(error); // Windows keeps it until it is closed
        }
    }
}

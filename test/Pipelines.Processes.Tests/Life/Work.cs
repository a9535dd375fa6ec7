using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipelines.Processes.Tests.Life;

/// <summary>What workers are told to do in these tests. All of it static: it runs in another process.</summary>
internal static class Work
{
    public const int Poison = 7;

    public static int Square(int number) => number * number;

    public static int ProcessId(int number) => Environment.ProcessId;

    public static (int Number, int Process) NumberAndProcess(int number) => (number, Environment.ProcessId);

    public static int Throws(int number) => number == Poison ? throw new ArgumentException("seven is not welcome") : number;

    public static int KillsItself(int number)
    {
        if (number == Poison)
        {
            Die();
        }

        return number;
    }

    /// <summary>Dies the first time, if no file says that it has.</summary>
    public static int DiesOnce(Errand errand)
    {
        Note(errand);
        if (errand.Number % Poison == 0 && errand.Times == 1)
        {
            Die();
        }

        return errand.Number;
    }

    /// <summary>Dies each time.</summary>
    public static int DiesAlways(Errand errand)
    {
        Note(errand);
        if (errand.Number == Poison)
        {
            Die();
        }

        return errand.Number;
    }

    public static int Begun(Errand errand)
    {
        Note(errand);
        return errand.Number;
    }

    public static int EndsBadly(Ending ending)
    {
        if (ending.Number != Poison)
        {
            return ending.Number;
        }

        switch (ending.How)
        {
            case "stack overflow":
                return Recurse(ending.Number);
            case "fail fast":
                Environment.FailFast("on purpose");
                break;
            case "exit":
                Environment.Exit(0);
                break;
            case "native fault":
                Marshal.WriteByte(0, 0);
                break;
            case "segmentation fault":
                Marshal.WriteByte(1 << 20, 0);
                break;
            default:
                Die();
                break;
        }

        return ending.Number;
    }

    /// <summary>Stands still on one item until a file says that it may go on.</summary>
    public static int Waits(Errand errand)
    {
        while (errand.Number == Poison && !File.Exists(errand.Sign))
        {
            Thread.Yield();
        }

        return errand.Number;
    }

    public static int StopsItself(Errand errand)
    {
        Note(errand);
        if (errand.Number == Poison && errand.Times == 1)
        {
            Signal(Environment.ProcessId, 19);
        }

        return errand.Number;
    }

    public static async Task<int> WaitsForToken(int number, CancellationToken token)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("cancelled");
            throw;
        }

        return number;
    }

    public static int Forever(int number)
    {
        Thread.Sleep(Timeout.Infinite);
        return number;
    }

    public static int Spins(int number)
    {
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20_000);
        while (Stopwatch.GetTimestamp() < until)
        {
        }

        return number;
    }

    public static byte[] Doubled(byte[] bytes) => [.. bytes, .. bytes];

    public static int Prints(int number)
    {
        Console.Out.Write(new string('o', 1 << 20));
        Console.Error.Write(new string('e', 1 << 10));
        return number;
    }

    public static string Environs(string name) =>
        name == "culture" ? System.Globalization.CultureInfo.CurrentCulture.Name : Environment.GetEnvironmentVariable(name) ?? "(none)";

    public static int Memory(int number)
    {
        s_kept.Add(new byte[4 << 20]);
        Array.Fill(s_kept[^1], (byte)1);
        return Environment.ProcessId;
    }

    public static int Grandchild(int number)
    {
        // It keeps the output that it was given, and outlives whoever has started it.
        using var sleeper = Process.Start(new ProcessStartInfo("sleep", "300") { UseShellExecute = false })!;
        int id = sleeper.Id;
        if (number == Poison)
        {
            File.WriteAllText(Path.Combine(Path.GetTempPath(), $"grandchild-{Environment.ProcessId}"), $"{id}");
            Die();
        }

        sleeper.Kill();
        return number;
    }

    /// <summary>Writes over the words of the wire, as wild native code might, and stands still.</summary>
    public static int Scribbles(int number)
    {
        if (number == Poison)
        {
            string map = File.ReadLines("/proc/self/maps").First(line => line.Contains("/pipelines-", StringComparison.Ordinal));
            nint page = nint.Parse(map.AsSpan(0, map.IndexOf('-', StringComparison.Ordinal)), System.Globalization.NumberStyles.HexNumber, null);
            Marshal.WriteInt64(page + (3 * 64), 1L << 50);
            Thread.Sleep(Timeout.Infinite);
        }

        return number;
    }

    public static Riddle Riddles(int number) => new(number);

    public static int Nested(int number)
    {
        Pipeline.Range(0, 3).Select(Square, new() { Workers = new ProcessWorkers() }).ForEach(_ => { }).RunAsync().GetAwaiter().GetResult();
        return number;
    }

    public static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static readonly List<byte[]> s_kept = [];

    private static int Recurse(int depth) => depth + Recurse(depth + 1) + depth;

    private static void Note(Errand errand) => File.AppendAllText(Path.Combine(errand.Folder, $"{errand.Number}"), "x");

    /// <summary>Whether it was there to get it.</summary>
    public static bool Signal(int process, int signal) => Kill(process, signal) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}

/// <summary>An item, and a folder in which a file a number tells how often it was begun.</summary>
internal sealed record Errand(int Number, string Folder)
{
    public int Times => File.Exists(Path.Combine(Folder, $"{Number}")) ? (int)new FileInfo(Path.Combine(Folder, $"{Number}")).Length : 0;

    public string Sign => Path.Combine(Folder, "go");
}

internal sealed record Riddle(int Number);

/// <summary>Nobody but a worker can read what it writes.</summary>
internal sealed class Secret : IItemSerializer<Riddle>
{
    public void Serialize(Riddle item, System.Buffers.IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = (byte)item.Number;
        output.Advance(1);
    }

    public Riddle Deserialize(System.Buffers.ReadOnlySequence<byte> input) =>
        input.FirstSpan[0] == Work.Poison ? throw new FormatException("it is a secret") : new Riddle(input.FirstSpan[0]);
}

internal sealed record Ending(int Number, string How);

/// <summary>A worker's resource.</summary>
internal sealed class Engine : IDisposable
{
    private int _calls;

    public int Count(int number) => ++_calls + (0 * number);

    public static Engine Broken() => throw new InvalidOperationException("no engine today");

    public static Engine Dead()
    {
        Console.Error.WriteLine("the engine has exploded");
        Environment.Exit(3);
        return new Engine();
    }

    public static Engine KilledOnce(string folder) => new();

    public void Dispose() => Console.WriteLine("disposed");
}

internal sealed class BadEnd : IDisposable
{
    private readonly int _zero = Environment.ProcessId - Environment.ProcessId;

    public int Same(int number) => number + _zero;

    public void Dispose() => throw new InvalidOperationException("it does not close");
}

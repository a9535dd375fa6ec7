using System.Collections.Concurrent;
using System.Diagnostics;
using Pipelines;
using Pipelines.Processes;

/// <summary>Somebody kills a serving worker eight times a second. What comes of it is right, or it says what is not; how long it took is for people.</summary>
internal static class Storm
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(125);
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(int kills)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("storm");
        await new Course(folder, kills: 1).RunAsync(); // what is opened once a process
        int files = OpenFiles();
        double calm = await new Course(folder, kills: 0).RunAsync();
        var storm = new Course(folder, kills);
        double stormy = await storm.RunAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int left = OpenFiles() - files;
        int inFolder = folder.GetFiles().Length;
        folder.Delete(recursive: true);
        Console.WriteLine(
            $"{storm.Killed} kills: noticed after {Median(storm.Noticed):0.0} ms, the successor's first result after {Median(storm.Succeeded):0} ms, a first " +
            $"start's after {storm.FirstStart:0} ms; throughput {100 * stormy / calm:0} %");
        Console.WriteLine($"{(storm.IsRight ? "nothing lost, doubled or misplaced" : "WRONG")}; left: {Math.Max(0, left)} open files, {inFolder} files");
        return storm.IsRight && left <= 0 && inFolder == 0 ? 0 : 1;
    }

    // But assemblies, which are loaded when they are wanted and stay.
    private static int OpenFiles() => Directory.GetFiles("/proc/self/fd")
        .Count(file => new FileInfo(file).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private static (int Number, int Process) Spin(int number)
    {
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20_000);
        while (Stopwatch.GetTimestamp() < until)
        {
        }

        return (number, Environment.ProcessId);
    }

    private sealed class Course(DirectoryInfo folder, int kills)
    {
        private readonly ConcurrentDictionary<int, long> _killed = new();
        private readonly ConcurrentDictionary<int, bool> _seen = new();
        private volatile bool _isOver;
        private long _killedAt;
        private long _handedOut;
        private long _next;

        public ConcurrentQueue<double> Noticed { get; } = new();

        public ConcurrentQueue<double> Succeeded { get; } = new();

        public double FirstStart { get; private set; }

        public bool IsRight { get; private set; } = true;

        public int Killed => _killed.Count;

        // Items a second, from the first result on.
        public async Task<double> RunAsync()
        {
            long start = Stopwatch.GetTimestamp();
            long first = 0;
            PipelineRun run = Pipeline.From(Numbers()).Select(Spin, new()
            {
                Parallelism = 2,
                Workers = new ProcessWorkers
                {
                    Attempts = 1000,
                    Folder = folder.FullName,
                    Environment = new Dictionary<string, string?> { ["TMPDIR"] = folder.FullName }, // where diagnostic pipes would be
                    OnExit = Notice,
                },
            }).ForEach(result =>
            {
                if (first == 0)
                {
                    first = Stopwatch.GetTimestamp();
                    FirstStart = Stopwatch.GetElapsedTime(start, first).TotalMilliseconds;
                }

                IsRight &= result.Number == _next++;
                if (_seen.TryAdd(result.Process, true) && Interlocked.Exchange(ref _killedAt, 0) is var killed and not 0)
                {
                    Succeeded.Enqueue(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
                }
            }).Start();
            if (kills == 0)
            {
                await Task.Delay(s_calm);
            }

            while (_killed.Count < kills && await Task.WhenAny(run.Completion, Task.Delay(s_between)) != run.Completion)
            {
                // Of those that have answered.
                if (_seen.Keys.FirstOrDefault(id => !_killed.ContainsKey(id)) is var id and not 0 && Volatile.Read(ref _killedAt) == 0)
                {
                    _killed[id] = Stopwatch.GetTimestamp();
                    Volatile.Write(ref _killedAt, _killed[id]);
                    using Process process = Process.GetProcessById(id);
                    process.Kill();
                }
            }

            _isOver = true;
            await run.Completion;
            IsRight &= _next == _handedOut;
            return _next / Stopwatch.GetElapsedTime(first).TotalSeconds;
        }

        private IEnumerable<int> Numbers()
        {
            while (!_isOver)
            {
                yield return (int)_handedOut++;
            }
        }

        private void Notice(WorkerExit exit)
        {
            if (exit.Reason == WorkerExitReason.Crashed && _killed.TryGetValue(exit.ProcessId, out long at))
            {
                Noticed.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
        }
    }
}

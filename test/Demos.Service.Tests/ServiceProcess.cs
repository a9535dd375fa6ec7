using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Demos.Service.Tests;

/// <summary>The demo in a process of its own, with what only a process has: a port, signals, an exit code.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Regex Wanted, TaskCompletionSource<Match> Seen)> _awaited = [];

    private ServiceProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public HttpClient Client { get; } = new();

    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The orders that were saved, a line each.</summary>
    public long[] Saved => Ids("store");

    /// <summary>The orders that the service says it has lost.</summary>
    public long[] Lost => Ids("lost");

    /// <summary>Starts it on a port that is free, and waits until it listens.</summary>
    public static async Task<ServiceProcess> StartAsync(params string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("pipelines-service").FullName;
        var service = new ServiceProcess(Begin(folder, arguments), folder);
        Match listening = await service.SeenAsync(Listening());
        service.Client.BaseAddress = new Uri(listening.Groups[1].Value);
        service.Client.Timeout = Limit;
        return service;
    }

    /// <summary>Runs it to its end, where that comes by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("pipelines-service").FullName;
        await using var service = new ServiceProcess(Begin(folder, arguments), folder);
        return (await service.EndAsync(), service.Output);
    }

    private static Process Begin(string folder, string[] arguments)
    {
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        string[] all =
        [
            dotnet, typeof(OrderService).Assembly.Location, "--urls", "http://127.0.0.1:0",
            "--Demo:Store", Path.Combine(folder, "store"), "--Demo:Lost", Path.Combine(folder, "lost"), .. arguments,
        ];

        // A background job of a script ignores Ctrl+C and hands that on to all it starts: this gives it its meaning back.
        ProcessStartInfo start = OperatingSystem.IsLinux() ? new("env", ["--default-signal=INT,QUIT", .. all]) : new(all[0], all[1..]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = folder;
        return Process.Start(start)!;
    }

    /// <summary>Ends when a line of the output is like this.</summary>
    public Task<Match> SeenAsync(Regex wanted)
    {
        lock (_gate)
        {
            if (_lines.Select(line => wanted.Match(line)).FirstOrDefault(match => match.Success) is { } match)
            {
                return Task.FromResult(match);
            }

            var seen = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((wanted, seen));
            return seen.Task.WaitAsync(Limit);
        }
    }

    /// <summary>Posts orders from several connections at once, from a first number on, until the service no longer answers.</summary>
    /// <returns>Of each order that was posted, whether it was accepted; null where no answer came.</returns>
    public async Task<Dictionary<long, bool?>> PostUntilItEndsAsync(int connections, long first, Action<int> answered)
    {
        Dictionary<long, bool?>[] all = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            Dictionary<long, bool?> posted = [];
            for (long id = first + connection; ; id += connections)
            {
                try
                {
                    posted[id] = null;
                    using HttpResponseMessage response = await Client.PostAsJsonAsync("/orders", new { id });
                    posted[id] = (int)response.StatusCode == 202;
                    answered((int)response.StatusCode);
                }
                catch (HttpRequestException)
                {
                    return posted;
                }
            }
        })));
        return all.SelectMany(one => one).ToDictionary();
    }

    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> EndAsync()
    {
        await _reading.WaitAsync(Limit);
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private long[] Ids(string file) => File.Exists(Path.Combine(_folder, file))
        ? [.. File.ReadAllText(Path.Combine(_folder, file)).Split('\n')[..^1].Select(line => long.Parse(line, CultureInfo.InvariantCulture))]
        : [];

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _lines.Add(line);
                _awaited.RemoveAll(awaited => awaited.Wanted.Match(line) is { Success: true } match && awaited.Seen.TrySetResult(match));
            }
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}

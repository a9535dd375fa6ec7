using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pipelines.Processes;

/// <summary>A worker process, from its first instruction of ours to its last.</summary>
internal static class WorkerHost
{
    /// <summary>Tells a process that it is a worker, and where the memory is that it shares.</summary>
    public const string Variable = "PIPELINES_WORKER";

    /// <summary>Tells a worker to wait for a debugger.</summary>
    public const string DebuggerVariable = "PIPELINES_WORKER_DEBUG";

    /// <summary>How a worker ends that could not begin.</summary>
    public const int CannotBegin = 70;

    /// <summary>Whether this process was started as a worker, whether it has begun as one or not.</summary>
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Whether it has.</summary>
    public static bool HasBegun { get; private set; }

    [DoesNotReturn]
    public static void RunAndExit()
    {
        HasBegun = true;
        string path = Environment.GetEnvironmentVariable(Variable)!;

        // Whatever this process starts is no worker of anybody's.
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        if (Environment.GetEnvironmentVariable(DebuggerVariable) is { Length: > 0 })
        {
            SpinWait.SpinUntil(() => Debugger.IsAttached);
        }

        Environment.Exit(Run(path));
        throw new UnreachableException();
    }

    private static int Run(string path)
    {
        // First of all: from here on the file is gone, whatever happens.
        Segment segment = Segment.Open(path);
        var link = new ParentLink(segment);
        try
        {
            link.Watch();
            if (!segment.Requests.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes) || kind != Frame.Job)
            {
                throw new InvalidDataException("The parent has not said what to do.");
            }

            Job job = Job.Read(bytes);
            segment.Requests.Take();
            segment.Requests.Release();
            if (job is { Culture: { } culture, UICulture: { } uiCulture })
            {
                CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(uiCulture);
            }

            LoopOf(job, link).Run();
            return 0;
        }
        catch (Exception error)
        {
            link.Broken(error);
            return CannotBegin;
        }
    }

    private static IWorkerLoop LoopOf(Job job, ParentLink link) =>
        job.Key is { } key
            ? WorkerProcess.Registry is { } registry
                ? registry.Find(key).CreateLoop(job, link, registry)
                : throw new InvalidOperationException(
                    $"The worker process has registered no function, and its parent has registered '{key}': give WorkerProcess.TryRun the same in both.")
        : Reflection.IsSupported ? ReflectedWork.CreateLoop(job, link)
        : throw new NotSupportedException("The parent of this worker process is another program.");
}

/// <summary>What a worker process does until it is told to leave.</summary>
internal interface IWorkerLoop
{
    void Run();
}

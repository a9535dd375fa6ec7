using System.CommandLine;
using System.Threading.Channels;
using Pipelines.Workers;

namespace Demos;

/// <summary>Jobs, a few workers that do them, and one that dies over its job.</summary>
internal static class WorkerPools
{
    private const string Explanation =
        "Adds ten jobs to a pool of three workers, which do them side by side; the results come in the order of the jobs.\n"
        + "The worker that begins job 7 dies over it. It is replaced, and job 7 is begun again: no job is lost with its worker.";

    public static Demo Demo { get; } = new("worker-pool", "Does jobs with a pool of workers, and replaces one that dies.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        int workers = 0;
        int deaths = 0;

        // <worker-pool>
        await using WorkerPool<int, string> pool = WorkerPool.Create(
            () => new Clerk(Interlocked.Increment(ref workers)),
            (Clerk clerk, int job) => DoAsync(clerk, job),
            new() { Name = "clerks", Parallelism = 3, OnWorkerFault = ReportDeath });

        Task printing = PrintAsync(pool.Results);   // from the start: results that nobody reads hold the pool up
        for (int job = 1; job <= 10; job++)
        {
            await pool.AddAsync(job);
        }

        WorkerPoolReport report = await pool.CompleteAsync();
        await printing;
        // </worker-pool>

        console.Output.WriteLine("All jobs were completed.");
        console.Output.WriteLine($"{report.Succeeded} of {report.Accepted} jobs succeeded, {report.Failed} failed; {report.WorkerFaults} worker was replaced.");
        return ExitCode.Success;

        async Task<string> DoAsync(Clerk clerk, int job)
        {
            await Task.Yield(); // where a job of yours would wait for a disk, a network, another machine
            return job == 7 && Interlocked.Increment(ref deaths) == 1
                ? throw new WorkerFaultedException($"clerk {clerk.Number} died over job {job}")
                : $"clerk {clerk.Number} did job {job}: {job} * {job} = {job * job}";
        }

        async Task PrintAsync(ChannelReader<string> results)
        {
            await foreach (string result in results.ReadAllAsync())
            {
                console.Output.WriteLine(result);
            }
        }

        void ReportDeath(WorkerFault fault) => console.Output.WriteLine($"{fault.Exception.Message} and is replaced");
    }

    private static Command CreateCommand(DemoConsole console) =>
        InProcesses.CreateCommand("worker-pool", Explanation, console, () => RunAsync(console), InProcesses.PoolAsync);

    /// <summary>What a worker works with. Made for one worker, disposed with it.</summary>
    private sealed record Clerk(int Number);
}

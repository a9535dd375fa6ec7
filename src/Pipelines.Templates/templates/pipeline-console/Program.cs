using Pipelines;

string folder = args is [var given, ..] ? given : ".";
long words = 0;

await using PipelineRun run = Pipeline
    .From(Directory.EnumerateFiles(folder, "*.*"))                          // producer block
    .SelectAsync(File.ReadAllTextAsync, new() { Parallelism = 4 })          // pooled, ordered, bounded
    .SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
    .ForEach(_ => words++)                                                  // consumer block: fused with the one before, one at a time
    .Start(new() { Name = "words" });

int interrupts = 0;
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;                                                  // we end by ourselves
    if (Interlocked.Increment(ref interrupts) == 1)
    {
        _ = run.StopAsync(timeout: TimeSpan.FromSeconds(30));               // the first Ctrl+C drains
    }
    else
    {
        run.Abort();                                                        // the second does not wait
    }
};

PipelineReport report = await run.Completion;
Console.WriteLine($"{words:N0} words.");
Console.WriteLine(report);                                                  // a row a block, and the bottleneck
return report.Outcome == RunOutcome.Completed ? 0 : 1;

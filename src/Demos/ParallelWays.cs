using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Pipelines;

namespace Demos;

/// <summary>One job, done three ways: a loop, PLINQ and a parallel section of a pipeline. Texts are split into lines, short ones left out, the others hashed,
/// in order.</summary>
internal static class ParallelWays
{
    private const int Lines = 100;
    private const int Shortest = 60;
    private const int Rounds = 5;

    public static Demo Demo { get; } =
        new("parallel", "The same job with a loop, with PLINQ and with a parallel section, in order, with times.", CreateCommand);

    // <loop>
    private static ulong Loop(IEnumerable<string> texts)
    {
        ulong all = 0;
        foreach (string text in texts)
        {
            foreach (ReadOnlyMemory<char> line in Text.Lines(text))
            {
                if (line.Length > Shortest)
                {
                    all = Chain(all, Hash(line));
                }
            }
        }

        return all;
    }
    // </loop>

    // <plinq>
    private static ulong Plinq(IEnumerable<string> texts)
    {
        ulong all = 0;
        foreach (ulong hash in texts.AsParallel().AsOrdered()
            .SelectMany(Text.Lines)
            .Where(line => line.Length > Shortest)
            .Select(Hash))
        {
            all = Chain(all, hash);
        }

        return all;
    }
    // </plinq>

    // <section>
    private static async Task<ulong> PipelineAsync(IEnumerable<string> texts)
    {
        ulong all = 0;
        await Pipeline.From(texts)
            .Parallel(
                text => text
                    .SelectMany(Text.Lines)
                    .Where(line => line.Length > Shortest)
                    .Select(Hash),
                new() { Parallelism = Environment.ProcessorCount, Capacity = 1024 })
            .ForEach(hash => all = Chain(all, hash))
            .RunAsync();
        return all;
    }
    // </section>

    // It depends on the order of what it is given.
    private static ulong Chain(ulong all, ulong hash) => (all * 31) + hash;

    private static ulong Hash(ReadOnlyMemory<char> line)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in line.Span)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return hash;
    }

    private static async Task<int> RunAsync(DemoConsole console, int texts)
    {
        string[] all = [.. Enumerable.Range(0, texts).Select(MakeText)];
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Hashing the lines of {texts:N0} texts with {Lines} lines each, in order: the best of {Rounds} times."));
        ulong expected = Loop(all);
        double loop = await TimeAsync(console, "a loop", null, expected, () => Task.FromResult(Loop(all)));
        await TimeAsync(console, "PLINQ, ordered", loop, expected, () => Task.FromResult(Plinq(all)));
        await TimeAsync(console, "a parallel section", loop, expected, () => PipelineAsync(all));
        return ExitCode.Success;
    }

    private static async Task<double> TimeAsync(DemoConsole console, string name, double? loop, ulong expected, Func<Task<ulong>> run)
    {
        double best = double.MaxValue;
        bool isRight = true;
        for (int i = 0; i < Rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            isRight &= await run() == expected;
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        string faster = loop is { } slow ? string.Create(CultureInfo.InvariantCulture, $", {slow / best:F2} times as fast as the loop") : "";
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {name,-20}{best,8:F1} ms{faster}{(isRight ? "" : ": WRONG")}"));
        return best;
    }

    // The same texts each time.
    private static string MakeText(int number)
    {
        var random = new Random(number);
        return string.Join('\n', Enumerable.Range(0, Lines).Select(_ => new string((char)('a' + random.Next(26)), random.Next(40, 120))));
    }

    private static Command CreateCommand(DemoConsole console)
    {
        var texts = new Option<int>("--texts") { Description = "How many texts.", DefaultValueFactory = _ => 4000 };
        texts.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int count) && count < 1)
            {
                result.AddError("--texts must be at least 1.");
            }
        });
        var command = new Command(
            "parallel",
            "Splits texts into lines, leaves short ones out and hashes the others, in order: with a loop, with PLINQ and with a parallel\n"
            + "section of a pipeline, and prints how long each took. All three must come to the same hash.") { texts };
        command.SetAction((parsed, _) => RunAsync(console, parsed.GetValue(texts)));
        return command;
    }
}

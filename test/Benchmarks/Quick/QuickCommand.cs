using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Benchmarks.Fresh;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Quick;

/// <summary>The quick mode: all questions in about two minutes, as a table and, if asked for, as JSON.</summary>
internal static class QuickCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // In the order in which the table is read. A new question is a new file and a line here.
    private static Question[] AllQuestions =>
    [
        new HopItemByItem(),
        new HopAwaited(),
        new HopInRuns(),
        new FiveTransforms(),
        new BeingWatched(),
        new BufferBetween(),
        new BatchBy100(),
        new BatchWithAge(),
        new BroadcastToThree(),
        new MergeOfTwo(),
        new BuildAndRun(),
        new ParallelMap("5 ns", 5, "at most 1.2 times the sequential loop"),
        new ParallelMap("50 ns", 50, "1.5 times faster than the sequential loop"),
        new ParallelMap("1.4 us", 1400, "1.9 times faster than the sequential loop"),
        new ParallelMap("100 us", 100_000, ""),
        new SectionOfFive(),
        new DocumentsToHashes(),
        new WordsOfDocumentation(),
        new AsyncCompleted(),
        new AsyncYield(),
        new AdaptiveServer(),
        new SpreadOverLanes(),
        new InboxItem(),
        new InboxHop(),
        new ServiceScope(),
        new IdleLatency(),
        new BlocksInARow(1),
        new BlocksInARow(3),
        new BlocksInARow(6),
        new BlocksInARow(12),
        new LinkOfCapacity(1),
        new LinkOfCapacity(16),
        new LinkOfCapacity(8192),
    ];

    /// <summary>What is asked of a fresh process: what people run once, and finish within a second.</summary>
    public static IReadOnlyList<Question> FreshQuestions => [new FiveTransforms(), new BufferBetween(), new BatchBy100(), new MergeOfTwo()];

    public static int ShowUsage()
    {
        Console.Error.WriteLine("usage: dotnet run -c Release --project test/Benchmarks -- quick [--only TEXT] [--json FILE] | plot FILE.json FOLDER | " +
            "tables FILE.json REPOSITORY [--check] | " +
            "schedule | soak [ITEMS] | migration | processes | BenchmarkDotNet's arguments (--list flat, --filter '*Hop*')");
        return 2;
    }

    /// <summary>Runs every contender of every question once over a few items: those that return something else than they should are named.</summary>
    public static async Task<int> CheckAsync()
    {
        const int Few = 100;
        int wrong = 0;
        foreach (Question question in AllQuestions)
        {
            foreach (Contender contender in question.Contenders)
            {
                long answer = await contender.RunAsync(Few);
                if (answer != question.Expected(Few))
                {
                    wrong++;
                    await Console.Error.WriteLineAsync($"{question.Title}, {contender.Name}: {answer}, not {question.Expected(Few)}.");
                }
            }
        }

        return wrong == 0 ? 0 : 1;
    }

    public static async Task<int> RunAsync(string[] options)
    {
        string only = "";
        string? file = null;
        for (int i = 0; i < options.Length; i += 2)
        {
            switch (options[i])
            {
                case "--only" when i + 1 < options.Length:
                    only = options[i + 1];
                    break;
                case "--json" when i + 1 < options.Length:
                    file = options[i + 1];
                    break;
                default:
                    return ShowUsage();
            }
        }

        if (typeof(Pipelines.Pipeline).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            Console.Error.WriteLine("Figures of a debug build say nothing: add -c Release.");
            return 2;
        }

        Machine machine = Machine.Read();
        TableWriter.WriteHeadline(machine);
        long start = Stopwatch.GetTimestamp();
        List<Answer> answers = [];
        foreach (Question question in AllQuestions.Where(question => question.Title.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            Answer answer = await Sampler.AskAsync(question);
            TableWriter.Write(answer);
            answers.Add(answer);
        }

        TableWriter.WriteVerdict(answers, Stopwatch.GetElapsedTime(start));
        if (only.Length == 0 || only == FreshCommand.Verb)
        {
            await FreshCommand.RunAsync(FreshQuestions);
        }

        if (file is not null)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { machine, answers }, Json) + "\n");
        }

        return 0;
    }
}

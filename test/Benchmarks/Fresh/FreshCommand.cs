using System.Diagnostics;
using System.Globalization;
using Benchmarks.Quick;

namespace Benchmarks.Fresh;

/// <summary>
/// The first run of each question in a process of its own, which is how most pipelines run: the runtime compiles a method well only when it has been called
/// often, and a tenth of a second after that at the
/// earliest. Every figure is a process.
/// </summary>
internal static class FreshCommand
{
    /// <summary>What the child is asked for: <c>fresh QUESTION CONTENDER</c>, by their places.</summary>
    public const string Verb = "fresh";

    private const int Items = 3_000_000;
    private const int Processes = 3;

    /// <summary>Measures the questions, each contender in some processes of its own, and prints the median.</summary>
    public static async Task RunAsync(IReadOnlyList<Question> questions)
    {
        Console.WriteLine();
        Console.WriteLine($"the first run of a fresh process, {Items.ToString("N0", CultureInfo.InvariantCulture)} items, ns/item: median of {Processes} processes");
        for (int question = 0; question < questions.Count; question++)
        {
            Console.WriteLine($"  {questions[question].Title}");
            for (int contender = 0; contender < questions[question].Contenders.Count; contender++)
            {
                List<double> taken = [];
                for (int i = 0; i < Processes; i++)
                {
                    taken.Add(await AskAsync(question, contender));
                }

                taken.Sort();
                string median = taken[Processes / 2].ToString("0.0", CultureInfo.InvariantCulture);
                Console.WriteLine($"    {questions[question].Contenders[contender].Name,-60}{median,10}");
            }
        }
    }

    /// <summary>Is the child: runs one contender once.</summary>
    public static async Task<int> AnswerAsync(IReadOnlyList<Question> questions, string[] which)
    {
        if (which is not [string question, string contender]
            || !int.TryParse(question, CultureInfo.InvariantCulture, out int asked) || asked < 0 || asked >= questions.Count
            || !int.TryParse(contender, CultureInfo.InvariantCulture, out int named) || named < 0 || named >= questions[asked].Contenders.Count)
        {
            await Console.Error.WriteLineAsync($"usage: {Verb} QUESTION CONTENDER");
            return 2;
        }

        Contender one = questions[asked].Contenders[named];
        long start = Stopwatch.GetTimestamp();
        long answer = await one.RunAsync(Items);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Items;
        if (answer != questions[asked].Expected(Items))
        {
            await Console.Error.WriteLineAsync($"{one.Name}: {answer}");
            return 1;
        }

        Console.WriteLine(nanoseconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static async Task<double> AskAsync(int question, int contender)
    {
        // Started by name, or by the dotnet command with the assembly.
        string program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(FreshCommand).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. assembly, Verb, $"{question}", $"{contender}"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : double.NaN;
    }
}

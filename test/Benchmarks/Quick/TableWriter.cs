using System.Globalization;

namespace Benchmarks.Quick;

/// <summary>Prints answers as they come in, for eyes.</summary>
internal static class TableWriter
{
    private const int NameWidth = 46;

    public static void WriteHeadline(Machine machine)
    {
        Line($"{machine.Runtime} on {machine.System}, {machine.Processor}, {machine.Cores} cores, load {machine.Load} at the start");
        Line($"median and min..max of interleaved repetitions; ratios are to the first row of each table");
    }

    public static void Write(Answer answer)
    {
        string target = answer.Target.Length == 0 ? "" : $"; target: {answer.Target}";
        Line($"");
        Line($"{answer.Title}{target}");
        if (answer.IsCrowded)
        {
            Line($"  CROWDED: a bare loop took {answer.Crowding:0.0} times as long on all cores at once as on one");
        }

        Line($"  {"",-NameWidth}{$"ns/{answer.Unit}",12}{"min..max",22}{$"bytes/{answer.Unit}",12}{"ratio",8}");
        foreach (Row row in answer.Rows)
        {
            string range = $"{Time(row.Nanoseconds.Minimum)}..{Time(row.Nanoseconds.Maximum)}";
            string bytes = row.Bytes.ToString(row.Bytes < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);
            string ratio = row == answer.Rows[0] ? "" : row.TimesFirst.ToString(row.TimesFirst < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
            string noise = row.Nanoseconds.IsNoisy ? "  noisy" : "";
            Line($"  {row.Name,-NameWidth}{Time(row.Nanoseconds.Median),12}{range,22}{bytes,12}{ratio,8}{noise}");
        }
    }

    public static void WriteVerdict(IReadOnlyList<Answer> answers, TimeSpan elapsed)
    {
        int rows = answers.Sum(answer => answer.Rows.Count);
        int noisy = answers.Sum(answer => answer.Rows.Count(row => row.Nanoseconds.IsNoisy));
        int crowded = answers.Count(answer => answer.IsCrowded);
        Line($"");
        string crowds = $"{crowded} of {answers.Count} tables crowded";
        Line($"{rows} rows in {elapsed.TotalSeconds:0} s; {noisy} noisy: half of their repetitions lie more than {100 * Spread.Bound:0} % apart; {crowds}.");
        Line($"{(noisy * 4 > rows || crowded > 0 ? "TOO NOISY TO TRUST: repeat it on a quiet machine." : "The machine was quiet enough.")}");
    }

    private static string Time(double nanoseconds) => nanoseconds.ToString(nanoseconds < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

using System.Diagnostics;

namespace Benchmarks.Quick;

/// <summary>Measures a question: warms up, then repeats all contenders in turn, so that what disturbs the machine disturbs them alike.</summary>
internal static class Sampler
{
    private const int Repetitions = 15;
    private const int MostItems = 1 << 24;
    private static readonly TimeSpan Repetition = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan WarmUpCall = TimeSpan.FromMilliseconds(1);

    // The JIT compiles a method anew behind its thirtieth call, instrumented at first, and does so 100 ms after new code has
    // stopped to appear. So: some calls, a pause, and that once a tier.
    private const int WarmUpRounds = 3;
    private const int WarmUpCalls = 40;
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(150);

    public static async Task<Answer> AskAsync(Question question)
    {
        IReadOnlyList<Contender> contenders = question.Contenders;
        for (int round = 0; round < WarmUpRounds; round++)
        {
            foreach (Contender contender in contenders)
            {
                int few = await ItemsForAsync(question, contender, WarmUpCall);
                for (int call = 0; call < WarmUpCalls; call++)
                {
                    await MeasureAsync(question, contender, few);
                }
            }

            await Task.Delay(WarmUpPause);
        }

        int[] items = new int[contenders.Count];
        var times = new double[contenders.Count][];
        var bytes = new double[contenders.Count][];
        for (int i = 0; i < contenders.Count; i++)
        {
            items[i] = await ItemsForAsync(question, contenders[i], Repetition);
            (times[i], bytes[i]) = (new double[Repetitions], new double[Repetitions]);
        }

        double[] crowding = new double[Repetitions];
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            crowding[repetition] = await Cores.CrowdingAsync();
            for (int turn = 0; turn < contenders.Count; turn++)
            {
                // Nobody always comes first, and nobody pays for what the one before has left behind.
                int i = (turn + repetition) % contenders.Count;
                GC.Collect();
                (times[i][repetition], bytes[i][repetition]) = await MeasureAsync(question, contenders[i], items[i]);
            }
        }

        return new Answer(question.Title, question.Unit, question.Target, Spread.Of(crowding).Median,
        [
            .. contenders.Select((contender, i) => new Row(
                contender.Name,
                Spread.Of(times[i]),
                Spread.Of(bytes[i]).Median,
                Spread.Of(times[i].Zip(times[0], (its, first) => its / first)).Median)),
        ]);
    }

    private static async Task<int> ItemsForAsync(Question question, Contender contender, TimeSpan time)
    {
        int items = 1;
        while (true)
        {
            double taken = items * (await MeasureAsync(question, contender, items)).Nanoseconds;
            double wanted = time.TotalNanoseconds;
            if (taken >= wanted / 2 || items == MostItems)
            {
                return (int)Math.Clamp(items * wanted / taken, 1, MostItems);
            }

            items = (int)Math.Min(MostItems, 2L * items);
        }
    }

    private static async Task<(double Nanoseconds, double Bytes)> MeasureAsync(Question question, Contender contender, int items)
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        long result = await contender.RunAsync(items);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;

        long expected = question.Expected(items);
        if (result != expected)
        {
            throw new InvalidOperationException($"{question.Title}: {contender.Name} returned {result} for {items} items, not {expected}.");
        }

        return (nanoseconds / items, (double)allocated / items);
    }
}

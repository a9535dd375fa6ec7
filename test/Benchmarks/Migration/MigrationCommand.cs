using System.Diagnostics;
using Benchmarks.Quick;
using Pipelines.Tests.Documentation.Migrating.Network;

namespace Benchmarks.Migration;

/// <summary>The throughput of the migration guide's network, before and at each step, in turns so that all meet the same machine.</summary>
internal static class MigrationCommand
{
    private const int Pages = 5_000;
    private const int Rounds = 9;
    private const double Orders = Pages * Shop.OrdersPerPage;

    public static async Task<int> RunAsync()
    {
        IOrderNetwork[] networks = [new DataflowNetwork(), new FirstStep(), new SecondStep(), new ThirdStep()];
        TableWriter.WriteHeadline(Machine.Read());
        List<(double Time, double Bytes)>[] samples = [.. networks.Select(_ => new List<(double, double)>())];
        for (int round = -1; round < Rounds; round++)
        {
            for (int i = 0; i < networks.Length; i++)
            {
                (double Time, double Bytes) sample = await MeasureAsync(networks[i]);
                if (round >= 0) // the one before is for the compiler
                {
                    samples[i].Add(sample);
                }
            }
        }

        double before = Spread.Of(samples[0].Select(sample => sample.Time)).Median;
        Console.WriteLine($"{"orders through the network",-36}{"ns/order",10}{"half within",16}{"orders/s",12}{"B/order",10}{"times",8}");
        for (int i = 0; i < networks.Length; i++)
        {
            Spread time = Spread.Of(samples[i].Select(sample => sample.Time));
            double bytes = Spread.Of(samples[i].Select(sample => sample.Bytes)).Median;
            Console.WriteLine(
                $"{networks[i].Name,-36}{time.Median,10:F0}{$"{time.LowerQuartile:F0}-{time.UpperQuartile:F0}",16}" +
                $"{1e9 / time.Median,12:N0}{bytes,10:F0}{before / time.Median,8:F2}"
                + (time.IsNoisy ? "  noisy" : ""));
        }

        return 0;
    }

    private static async Task<(double Time, double Bytes)> MeasureAsync(IOrderNetwork network)
    {
        var shop = new Shop(Pages);
        GC.Collect();
        long bytes = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        await network.RunAsync(shop);
        double time = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return (time / Orders, (GC.GetTotalAllocatedBytes() - bytes) / Orders);
    }
}

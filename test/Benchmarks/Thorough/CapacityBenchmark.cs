using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

[MemoryDiagnoser]
public class CapacityBenchmark
{
    private const int Items = 200_000;

    [Params(1, 2, 16, 64, 256, 1024, 8192)]
    public int Capacity { get; set; }

    public IEnumerable<string> Contenders => new LinkOfCapacity(1).Contenders.Select(contender => contender.Name);

    [ParamsSource(nameof(Contenders))]
    public string Contender { get; set; } = "";

    [Benchmark(OperationsPerInvoke = Items)]
    public async Task RunAsync()
    {
        var question = new LinkOfCapacity(Capacity);
        long answer = await question.Contenders.Single(contender => contender.Name == Contender).RunAsync(Items);
        if (answer != question.Expected(Items))
        {
            throw new InvalidOperationException($"{question.Title}, {Contender}: {answer}, not {question.Expected(Items)}.");
        }
    }
}

using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

[MemoryDiagnoser]
public class BlocksBenchmark
{
    private const int Items = 200_000;

    [Params(1, 2, 3, 4, 6, 8, 10, 12)]
    public int Blocks { get; set; }

    public IEnumerable<string> Contenders => new BlocksInARow(1).Contenders.Select(contender => contender.Name);

    [ParamsSource(nameof(Contenders))]
    public string Contender { get; set; } = "";

    [Benchmark(OperationsPerInvoke = Items)]
    public async Task RunAsync()
    {
        var question = new BlocksInARow(Blocks);
        long answer = await question.Contenders.Single(contender => contender.Name == Contender).RunAsync(Items);
        if (answer != question.Expected(Items))
        {
            throw new InvalidOperationException($"{question.Title}, {Contender}: {answer}, not {question.Expected(Items)}.");
        }
    }
}

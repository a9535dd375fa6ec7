using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

public class AsyncYieldBenchmark() : QuestionBenchmark(new AsyncYield())
{
    private const int Items = 100_000;

    [Benchmark(OperationsPerInvoke = Items)]
    public Task RunAsync() => AskAsync(Items);
}

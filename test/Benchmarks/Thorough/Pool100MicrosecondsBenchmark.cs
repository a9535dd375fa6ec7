using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

public class Pool100MicrosecondsBenchmark() : QuestionBenchmark(new ParallelMap("100 us", 100_000, ""))
{
    private const int Items = 2_000;

    [Benchmark(OperationsPerInvoke = Items)]
    public Task RunAsync() => AskAsync(Items);
}

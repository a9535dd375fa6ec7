using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

public class Pool5NanosecondsBenchmark() : QuestionBenchmark(new ParallelMap("5 ns", 5, ""))
{
    private const int Items = 1_000_000;

    [Benchmark(OperationsPerInvoke = Items)]
    public Task RunAsync() => AskAsync(Items);
}

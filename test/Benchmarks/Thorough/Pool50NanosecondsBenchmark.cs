using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

public class Pool50NanosecondsBenchmark() : QuestionBenchmark(new ParallelMap("50 ns", 50, ""))
{
    private const int Items = 1_000_000;

    [Benchmark(OperationsPerInvoke = Items)]
    public Task RunAsync() => AskAsync(Items);
}

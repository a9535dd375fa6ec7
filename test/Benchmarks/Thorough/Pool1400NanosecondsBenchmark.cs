using BenchmarkDotNet.Attributes;
using Benchmarks.Quick.Questions;

namespace Benchmarks.Thorough;

public class Pool1400NanosecondsBenchmark() : QuestionBenchmark(new ParallelMap("1.4 us", 1400, ""))
{
    private const int Items = 100_000;

    [Benchmark(OperationsPerInvoke = Items)]
    public Task RunAsync() => AskAsync(Items);
}

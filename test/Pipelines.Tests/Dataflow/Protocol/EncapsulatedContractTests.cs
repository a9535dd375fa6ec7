using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Dataflow.Protocol;

/// <summary>A pipeline that runs in one loop, as a block.</summary>
public sealed class EncapsulatedLoopTests : PropagatorContractTests
{
    protected override IPropagatorBlock<int, int> Create(Func<int, int> transform, int capacity, CancellationToken token = default) =>
        DataflowPipeline.Encapsulate<int, int>(p => p.Select(transform), new() { Capacity = capacity }, token);
}

/// <summary>A pipeline with workers of its own, as a block.</summary>
public sealed class EncapsulatedPoolTests : PropagatorContractTests
{
    protected override IPropagatorBlock<int, int> Create(Func<int, int> transform, int capacity, CancellationToken token = default) =>
        DataflowPipeline.Encapsulate<int, int>(
            p => p.SelectAsync(
                async x =>
                {
                    await Task.Yield();
                    return transform(x);
                },
                new() { Parallelism = 3, Capacity = capacity }),
            new() { Capacity = capacity },
            token);
}

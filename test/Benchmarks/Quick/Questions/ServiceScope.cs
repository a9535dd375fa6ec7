using Microsoft.Extensions.DependencyInjection;
using Pipelines;
using Pipelines.Hosting;

namespace Benchmarks.Quick.Questions;

/// <summary>What a scope and a service of it cost an item, against the same service without.</summary>
internal sealed class ServiceScope : Question
{
    public override string Title => "SelectAsync with a service: a scope an item, a scope a worker, none";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("a scope an item", static items => RunAsync(items, input => Add(input, ScopePer.Item))),
        new("a scope a worker", static items => RunAsync(items, input => Add(input, ScopePer.Worker))),
        new("no service", static items =>
        {
            var adder = new Adder();
            return RunAsync(items, input => input.SelectAsync(adder.AddAsync));
        }),
    ];

    public override long Expected(int items) => items * (items + 1L) / 2;

    private static Pipeline<int> Add(Pipeline<int> input, ScopePer scope) =>
        input.SelectAsync((Adder adder, int item, CancellationToken token) => adder.AddAsync(item, token), null, scope);

    private static async Task<long> RunAsync(int items, Func<Pipeline<int>, Pipeline<int>> step)
    {
        await using ServiceProvider provider = new ServiceCollection().AddScoped<Adder>().BuildServiceProvider();
        var services = new RunServices("benchmark", provider, new HostedPipelineOptions());
        Pipeline<int> pipeline = services.Within(() => step(Pipeline.Range(0, items)));
        return await pipeline.AggregateAsync(0L, (sum, item) => sum + item);
    }

    private sealed class Adder
    {
        public ValueTask<int> AddAsync(int item, CancellationToken token) => token.IsCancellationRequested ? default : new(item + 1);
    }
}

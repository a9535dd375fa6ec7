using System.Globalization;
using CsCheck;

namespace Pipelines.Tests.Execution;

/// <summary>How a run of a random topology ends.</summary>
public enum TopologyEnding
{
    None,
    Stop,
    Abort,
    Cancel,
    Throw,
    ThrowCancellation,
}

/// <summary>One or two blocks of a random topology, in figures: what they mean is the reader's to say.</summary>
public readonly record struct Gene(int Kind, int Number, int Parallelism, bool Ordered, int Capacity)
{
    /// <summary>Every third pool finds its parallelism itself.</summary>
    public BlockOptions Options(string name) => new()
    {
        Name = name,
        Parallelism = IsAdaptive ? 1 : Parallelism,
        AdaptiveParallelism = IsAdaptive ? new() { Minimum = 1 + (Number % Parallelism), Maximum = Parallelism } : null,
        Ordered = Ordered,
        Capacity = Capacity,
    };

    private bool IsAdaptive => Parallelism > 1 && Number % 3 == 2;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"({Kind}, {Number}, {Parallelism}{(Ordered ? "" : "u")}, {Capacity})");
}

/// <summary>A topology of up to a dozen blocks, and the circumstances that it runs in.</summary>
/// <remarks>A list of genes, because a shorter list is a simpler topology: that is how a failing one is made smaller.</remarks>
/// <param name="Genes">The blocks.</param>
/// <param name="Ending">How the run ends.</param>
/// <param name="EndAt">At which call of a delegate, counted over all blocks.</param>
/// <param name="Capacity">Of the links that have none of their own.</param>
/// <param name="Scheduler">0: the thread pool. 1: one at a time on the thread pool. Otherwise all on the test's thread, in the order that this seeds.</param>
public sealed record RandomTopology(Gene[] Genes, TopologyEnding Ending, int EndAt, int Capacity, int Scheduler)
{
    private static readonly Gen<int> s_capacity = Gen.OneOf(Gen.Int[1, 3], Gen.Int[1, 64]);

    private static readonly Gen<Gene> s_gene = Gen.Select(
        Gen.Int[0, 32], Gen.Int[0, 15], Gen.Int[1, 8], Gen.Bool, s_capacity, (kind, number, parallelism, ordered, capacity) =>
            new Gene(kind, number, parallelism, ordered, capacity));

    public static Gen<RandomTopology> Random { get; } = Gen.Select(
        s_gene.Array[1, 12],
        Gen.OneOf(Gen.Const(TopologyEnding.None), Gen.Enum<TopologyEnding>()),
        Gen.Int[1, 200],
        s_capacity,
        Gen.OneOf(Gen.Int[0, 1], Gen.Int[2, 1000]),
        (genes, ending, endAt, capacity, scheduler) => new RandomTopology(genes, ending, endAt, capacity, scheduler));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(' ', Genes)} {Ending} at {EndAt}, capacity {Capacity}, scheduler {Scheduler}");
}

namespace Pipelines.Execution;

/// <summary>What cannot stand in a parallel section, and why: said where the section is built.</summary>
internal static class SectionRefusal
{
    private const string FrontOrBehind = "put it in front of the section or behind it.";

    /// <exception cref="ArgumentException">The block cannot stand in a section, or has settings that mean nothing there.</exception>
    public static void Check(Blueprint blueprint)
    {
        string? refusal =
            blueprint is ConsumerBlueprint { IsStateless: true } ? null // the end of a section, which is put there by us
            : blueprint.Options.Parallelism > 1
                ? $"Parallelism = {blueprint.Options.Parallelism} means nothing in a parallel section, whose own says how many items are worked on at once: " +
                    "leave it out."
            : blueprint.Options.AdaptiveParallelism is not null
                ? "AdaptiveParallelism means nothing in a parallel section, whose workers execute all of it: give it to the section."
            : !blueprint.Options.Workers.AreThreads
                ? $"Workers = {blueprint.Options.Workers.GetType().Name} means nothing in a parallel section, whose workers are threads of this process: " +
                    FrontOrBehind
            : blueprint.Options.Threads != WorkerThreads.Shared
                ? $"Threads = {blueprint.Options.Threads} means nothing in a parallel section, whose workers execute all of it: give it to the section."
            : !blueprint.IsStateless ? Why(OperatorOf(blueprint), blueprint.Kind)
            : blueprint.Options.Capacity is not null
                ? "Capacity means nothing in a parallel section, where a worker has one item in hand: give it to the section."
            : null;
        if (refusal is not null)
        {
            throw new ArgumentException($"The block '{blueprint.Name}' cannot stand in a parallel section. {refusal}");
        }
    }

    /// <exception cref="ArgumentException">What is built stands in a section already.</exception>
    public static void CheckNested(Plan plan)
    {
        if (plan.Section is not null)
        {
            throw new ArgumentException("A parallel section cannot stand in another, whose workers it would share: put its blocks straight into that.");
        }
    }

    private static string OperatorOf(Blueprint blueprint) => blueprint.GetType().Name.Split('`')[0];

    private static string Why(string name, BlockKind kind) => name switch
    {
        "Tee" or "When" or "Partition" or "Broadcast" or "Spread" => "A branch leaves the section, and would get items from several workers at once: " +
            "branch in front of the section or behind it.",
        "Zip" or "Merge" or "Concat" => $"{name} has an input besides the section's, and each worker sees a part of the section's only: combine in front of " +
            "the section or behind it.",
        "Buffer" or "DroppingBuffer" => "Nothing waits between the blocks of a section, where a worker has one item in hand: set the section's Capacity, or " +
            FrontOrBehind,
        "Transform" or "TransformSequence" or "Through" => "It is code over a whole stream, and each worker sees a part of the items only: " + FrontOrBehind,
        _ when kind == BlockKind.Producer => "It is a source of its own: a section gets its items from its argument alone.",
        _ when kind == BlockKind.Consumer => "A section has an output: put consumers behind it.",
        _ => $"{name} goes by the items before, and each worker sees a part of the items only: " + FrontOrBehind,
    };
}

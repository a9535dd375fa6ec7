namespace Pipelines.Execution;

/// <summary>Builds a part of a pipeline to see whether it can be: what is wrong with it shows at the call that made it, and not at the run.</summary>
/// <remarks>Only the part: what is in front of it and behind has been looked at when it was made, or will be. So building n parts is linear.</remarks>
internal static class Rehearsal
{
    /// <summary>Builds into a plan that is never run.</summary>
    public static void Of(Action<Plan> build) => _ = new PipelineRun(new Part(build), PipelineOptions.Default);

    /// <summary>Builds what yields items, with nothing behind it.</summary>
    public static void Build<T>(Plan plan, Blueprint<T> output) => output.Build(plan, new Nowhere<T>(plan.Add(output, null)));

    private sealed class Part(Action<Plan> build) : ConsumerBlueprint("rehearsal")
    {
        public override void Build(Plan plan) => build(plan);
    }

    private sealed class Nowhere<T>(BlockRun block) : LastStage<T>(block)
    {
        public override bool Push(T item) => false;
    }
}

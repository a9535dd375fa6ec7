using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>A parallel section, built by a user's function and checked at that call.</summary>
internal sealed class Section<T, U> : ISection<T, U>
{
    private readonly BranchHead<T> _head;
    private readonly Blueprint<U> _output;

    public Section(Func<Pipeline<T>, Pipeline<U>> section, string name, BlockOptions options)
    {
        _head = new BranchHead<T>(name);
        _output = Returned.NotNull(section(new Pipeline<T>(_head)), name, "a pipeline").Block;
        if (ReferenceEquals(_output, _head))
        {
            throw new ArgumentException(
                "The section has no block: its function returned its argument. Put blocks behind that, or leave the section out.", nameof(section));
        }

        Rehearsal.Of(plan =>
        {
            plan.Section = new SectionDraft(plan.Run, options);
            _output.Build(plan, new SectionEnd<U>(new BlockRun(plan.Run, _head), default));
            if (plan.Bound(_head) is null)
            {
                throw new ArgumentException("The section must begin with its argument; this one has a source of its own.", nameof(section));
            }
        });
    }

    /// <summary>Builds the section's blocks in front of a stage, as blocks like any others.</summary>
    public Stage<T> BuildInto(Plan plan, Stage<U> next)
    {
        _output.Build(plan, next);
        return (Stage<T>)plan.Bound(_head)!;
    }

    /// <inheritdoc/>
    public Stage<T> Build(Plan plan, SectionEnd<U> end) => BuildInto(plan, end);
}

/// <summary>A section that ends in what takes its results, in each worker.</summary>
internal sealed class SectionWithEnd<T, U>(Section<T, U> section, Func<Plan, Stage<U>> end) : ISection<T, Done>
{
    /// <inheritdoc/>
    public Stage<T> Build(Plan plan, SectionEnd<Done> none) => section.BuildInto(plan, end(plan));
}

/// <summary>A section that is nothing but such an end.</summary>
internal sealed class SectionOfEnd<T>(Func<Plan, Stage<T>> end) : ISection<T, Done>
{
    /// <inheritdoc/>
    public Stage<T> Build(Plan plan, SectionEnd<Done> none) => end(plan);
}

/// <summary>What yields the results of a section: what comes behind it may be put into that.</summary>
internal interface ISectionOutput<U>
{
    /// <summary>Builds it, and everything upstream, with an end in each worker.</summary>
    void BuildEndingIn(Plan plan, Func<Plan, Stage<U>> end);
}

/// <summary>Puts a section's island into a plan.</summary>
internal static class SectionBuilding
{
    /// <summary>Builds the section's blocks and the island of its workers, and returns the stage that feeds them.</summary>
    /// <param name="section">The section.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="next">What its results go to; null if it has an end of its own.</param>
    /// <param name="options">The section's settings.</param>
    public static Stage<T> Build<T, U>(ISection<T, U> section, Plan plan, Stage<U>? next, BlockOptions options)
    {
        var draft = new SectionDraft(plan.Run, options);
        plan.Section = draft;
        var head = (SectionBlock)section.Build(plan, new SectionEnd<U>(next?.Block!, default)).Block;
        plan.Section = null;
        draft.Blocks[0].IsLast = next is not null;
        next ??= new Nothing<U>(draft.Blocks[0]);

        Ring<T> link = plan.Link<T>(head, options.MostWorkers, options.Capacity);
        var island = new SectionIsland<T, U>(draft, head, link, section, options, next);
        head.Holds = island.Holds + ((long)options.MostWorkers * draft.Blocks.Count);
        for (int i = draft.Blocks.Count - 1; i >= 0; i--)
        {
            island.Adopt(draft.Blocks[i]);
        }

        next.Attach(island);
        plan.Add(island);
        return new LinkWriter<T>(head, link);
    }

    // Stands behind a section with an end of its own: no result gets here.
    private sealed class Nothing<U>(BlockRun last) : LastStage<U>(last)
    {
        public override bool Push(U item) => throw new UnreachableException();
    }
}

namespace Pipelines.Tests.Execution;

/// <summary>What the delegates of a topology call.</summary>
internal interface ITouched
{
    /// <summary>A delegate of the block was called; it may throw, and is to be called on no other occasion.</summary>
    void Touch(string block);

    /// <summary>Whether a stop may have kept producers from yielding everything.</summary>
    bool IsStopped { get; }
}

/// <summary>A part of a topology: a source, or a block with what is upstream of it. It makes the pipeline, and afterwards says what it should have
/// done.</summary>
internal abstract class Shape(string name, ITouched touched)
{
    protected string Name { get; } = name;

    protected ITouched Touched { get; } = touched;

    /// <summary>Makes the pipeline; once.</summary>
    public abstract Pipeline<int> Build();

    /// <summary>Compares the rows of everything up to here with the model.</summary>
    /// <param name="check">The run's rows.</param>
    /// <param name="isWanted">Whether nobody downstream ends early.</param>
    /// <returns>What comes out here.</returns>
    public abstract Flow Compare(FlowCheck check, bool isWanted);

    protected int Touch(int item)
    {
        Touched.Touch(Name);
        return item;
    }

    protected async ValueTask<int> TouchAsync(int item)
    {
        if (item % 7 is 1 or 3 or 4)
        {
            await Task.Yield();
        }

        return Touch(item);
    }
}

/// <summary>A producer of some consecutive numbers.</summary>
internal sealed class SourceShape(string name, ITouched touched, Gene gene, int first) : Shape(name, touched)
{
    private int Count => (gene.Number * 3) + gene.Parallelism;

    private IEnumerable<int> Items => Enumerable.Range(first, Count);

    public override Pipeline<int> Build() => (gene.Kind % 4) switch
    {
        0 => Pipeline.From(Items.Select(Touch), new() { Name = Name }),
        1 => Pipeline.From(ItemsAsync(), new() { Name = Name }),
        2 => Pipeline.Produce<int>(
            async (writer, token) =>
            {
                foreach (int item in Items)
                {
                    await writer.WriteAsync(item, token);
                }
            },
            new() { Name = Name }),
        _ => Pipeline.From(Items, new() { Name = Name }),
    };

    public override Flow Compare(FlowCheck check, bool isWanted) => check.Source(Name, Items, Count, isWanted, Touched.IsStopped);

    // Without a touch: an asynchronous producer that throws a cancellation after a stop has obeyed it, and has not failed.
    private async IAsyncEnumerable<int> ItemsAsync()
    {
        foreach (int item in Items)
        {
            if (item % 3 == 0)
            {
                await Task.Yield();
            }

            yield return item;
        }
    }
}

/// <summary>The input of a branch.</summary>
internal sealed class BranchInput(ITouched touched) : Shape("", touched)
{
    public Pipeline<int> Pipeline { get; set; } = null!;

    public Flow Flow { get; set; } = Flow.Unknown;

    public override Pipeline<int> Build() => Pipeline;

    public override Flow Compare(FlowCheck check, bool isWanted) => Flow;
}

/// <summary>A consumer with all that is upstream of it in its line.</summary>
internal sealed class LineShape(string name, ITouched touched, Shape before, Gene gene)
{
    private readonly List<int> _seen = [];

    /// <summary>Whether the line takes whatever comes.</summary>
    public bool IsWanted { get; init; } = true;

    private bool IsAggregate => gene.Number % 5 == 4;

    public Pipeline Build() => IsAggregate
        ? before.Build().Aggregate(
            () => 0,
            (count, item) =>
            {
                touched.Touch(name);
                lock (_seen)
                {
                    _seen.Add(item);
                }

                return count + 1;
            },
            (some, others) => some + others,
            count => Assert.Equal(_seen.Count, count),
            new() { Name = name, Parallelism = gene.Parallelism, Capacity = gene.Capacity })
        : gene.Number % 2 == 0
        ? before.Build().ForEachAsync(
            async (int item) =>
            {
                await Task.Yield();
                touched.Touch(name);
                _seen.Add(item);
            },
            new() { Name = name, Capacity = 2 })
        : before.Build().ForEach(
            item =>
            {
                touched.Touch(name);
                _seen.Add(item);
            },
            new() { Name = name });

    public void Compare(FlowCheck check) => check.Consumer(
        name, before.Compare(check, isWanted: true).AtMost(IsAggregate ? Certainty.Set : Certainty.Sequence), _seen);
}

/// <summary>A block with a branch: every item to both lines, or each to one of them.</summary>
internal sealed class ForkShape(string name, ITouched touched, Gene gene, Shape before, BranchInput input, LineShape branch) : Shape(name, touched)
{
    private bool IsTee => gene.Ordered;

    public override Pipeline<int> Build() => IsTee
        ? before.Build().Tee(Branch)
        : before.Build().When(x => Matches(Touch(x)), Branch, new() { Name = Name });

    public override Flow Compare(FlowCheck check, bool isWanted)
    {
        Flow all = before.Compare(check, isWanted || branch.IsWanted);
        Flow main = IsTee ? all : all.Each(items => items.Where(x => !Matches(x)));
        input.Flow = IsTee ? all : all.Each(items => items.Where(Matches));

        // What matches a line that has ended early does not get through.
        check.Block(IsTee ? "Tee" : Name, all, all, IsTee ? isWanted || branch.IsWanted : isWanted && branch.IsWanted);
        branch.Compare(check);
        return main;
    }

    private Pipeline Branch(Pipeline<int> pipeline)
    {
        input.Pipeline = pipeline;
        return branch.Build();
    }

    private bool Matches(int item) => item % (2 + (gene.Number % 4)) == 1;
}

/// <summary>A block with two inputs.</summary>
internal sealed class JoinShape(string name, ITouched touched, Gene gene, Shape first, Shape second) : Shape(name, touched)
{
    public override Pipeline<int> Build() => (gene.Number % 3) switch
    {
        0 => Pipeline.Merge(first.Build(), second.Build()),
        1 => Pipeline.Concat(first.Build(), second.Build()),
        _ => Pipeline.Zip(first.Build(), second.Build()).Select(pair => Sum(Touch(pair.First), pair.Second), new() { Name = Name }),
    };

    public override Flow Compare(FlowCheck check, bool isWanted)
    {
        bool isZip = gene.Number % 3 == 2;
        bool isConcat = gene.Number % 3 == 1;
        bool mayNotStart = isConcat && (!isWanted || Touched.IsStopped);
        Flow left = mayNotStart ? check.Unstarted(first) : first.Compare(check, isWanted && !isZip);
        Flow right = mayNotStart ? check.Unstarted(second) : second.Compare(check, isWanted && !isZip);
        Certainty certainty = left.Certainty < right.Certainty ? left.Certainty : right.Certainty;
        Flow both = new([.. left.Items, .. right.Items], certainty);
        switch (gene.Number % 3)
        {
            case 0:
                check.Block("Merge", both, both, isWanted);
                return both.AtMost(Certainty.Set);
            case 1:
                check.Block("Concat", both, both, isWanted);
                return both;
            default:
                Flow pairs = certainty == Certainty.Nothing ? Flow.Unknown
                    : new([.. left.Items.Zip(right.Items, Sum)], certainty == Certainty.Sequence ? certainty : Certainty.Count);
                check.Block("Zip", Flow.Unknown, pairs, isWanted, Loss.Any);
                check.Block(Name, pairs, pairs, isWanted);
                return pairs;
        }
    }

    private static int Sum(int first, int second) => first + (second * 7);
}

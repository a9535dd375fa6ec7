using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island that is fed by several links, in turn: a few items from each, so that none starves.</summary>
/// <remarks>It sleeps on its one signal for all of them; an idle link holds nothing of it, however long it is idle.</remarks>
internal sealed class MergeIsland<T>(MergeBlockRun head, Ring<T>[] links, Stage<T> chain) : ChainIsland<T>(head, chain)
{
    private const int Share = 32;

    private int _next;
    private int _left = Share;

    protected override bool IsStarved => Array.TrueForAll(links, link => !link.HasItems) && !Array.TrueForAll(links, link => link.IsDrained);

    protected override Wait Feed()
    {
        int idle = 0;
        for (int left = TurnLength; left > 0 && idle < links.Length;)
        {
            if (_left > 0 && links[_next].TryRead(out T? item))
            {
                idle = 0;
                _left--;
                left--;
                if (!Chain.Push(item) || Run.IsAborting)
                {
                    return Wait.Room;
                }
            }
            else
            {
                idle += _left == Share ? 1 : 0;
                _left = Share;
                _next = (_next + 1) % links.Length;
            }
        }

        return idle < links.Length ? Wait.Turn
            : Array.TrueForAll(links, link => link.IsDrained) ? Wait.None
            : Wait.Input;
    }

    protected override Wait Leave()
    {
        foreach (Ring<T> link in links)
        {
            link.LeaveReader();
        }

        return Wait.None;
    }

    public override void Abandon()
    {
        foreach (Ring<T> link in links)
        {
            Head.AbandonLink(link);
        }

        Chain.Abandon();
    }

    /// <summary>Adds a block that merges, and returns a link for each of its inputs.</summary>
    public static Ring<T>[] Add(Plan plan, MergeBlockRun block, int inputs, Stage<T> chain)
    {
        var links = new Ring<T>[inputs];
        for (int i = 0; i < inputs; i++)
        {
            links[i] = plan.Link<T>(block);
        }

        block.Links = links;
        var island = new MergeIsland<T>(block, links, chain);
        foreach (Ring<T> link in links)
        {
            link.Reader = island;
        }

        chain.Attach(island);
        plan.Add(island);
        return links;
    }
}

/// <summary>The counts of a block with several links in front of it.</summary>
internal class MergeBlockRun(PipelineRun run, Blueprint blueprint) : BlockRun(run, blueprint)
{
    public IReadOnlyList<Queue> Links { get; set; } = [];

    // Which of the links each input writes to. Made when somebody asks: then the plan is complete.
    private Dictionary<IOutlet, Queue>? _linkFrom;

    public override Queue? LinkFrom(IOutlet input) =>
        (Volatile.Read(ref _linkFrom) ?? Interlocked.CompareExchange(ref _linkFrom, LinksByInput(), null) ?? _linkFrom).GetValueOrDefault(input);

    private Dictionary<IOutlet, Queue> LinksByInput()
    {
        var byInput = new Dictionary<IOutlet, Queue>(Inputs.Count);
        HashSet<Queue> ofBranches = [];
        foreach (IOutlet input in Inputs)
        {
            if (input is BranchOutlet branch)
            {
                byInput.Add(branch, branch.Link);
                ofBranches.Add(branch.Link);
            }
        }

        // The others have been built from the last to the first.
        int next = Links.Count;
        foreach (IOutlet input in Inputs)
        {
            if (input is not BranchOutlet)
            {
                while (ofBranches.Contains(Links[--next]))
                {
                }

                byInput.Add(input, Links[next]);
            }
        }

        return byInput;
    }

    public override long Held
    {
        get
        {
            long held = 0;
            foreach (Queue link in Links)
            {
                held += link.Count;
            }

            return held;
        }
    }
}

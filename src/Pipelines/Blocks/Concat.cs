using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A block that yields the items of several pipelines one pipeline after the other.</summary>
    /// <remarks>
    /// <para><b>Order:</b> all of the first input, then all of the second, and so on. <b>Backpressure:</b> a bounded link in front of each input.</para>
    /// <para><b>Completion:</b> with the last input. The next input is started when the one before has ended, not earlier; a run that is stopped
    /// starts no more. <b>Failure:</b> of any input fails the run. <b>Cost:</b> a link an input.</para>
    /// </remarks>
    /// <param name="inputs">The pipelines. With none the stream is empty.</param>
    /// <typeparam name="T">What they yield.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException">One of <paramref name="inputs"/> is null.</exception>
    public static Pipeline<T> Concat<T>(params ReadOnlySpan<Pipeline<T>> inputs) => new(new Concat<T>(Require.AllNotNull(inputs)));
}

public sealed partial class Pipeline<T>
{
    /// <summary>A block that yields the items of this pipeline and of others one pipeline after the other: <see cref="Pipeline.Concat"/> with this one as the
    /// first.</summary>
    /// <remarks><b>Order, Backpressure, Completion, Failure, Cost:</b> as <see cref="Pipeline.Concat"/>.</remarks>
    /// <param name="others">The other pipelines.</param>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException">One of <paramref name="others"/> is null.</exception>
    public Pipeline<T> Concat(params ReadOnlySpan<Pipeline<T>> others) => new(new Concat<T>([Block, .. Require.AllNotNull(others)]));
}

internal sealed class Concat<T>(Blueprint<T>[] inputs) : Blueprint<T>(BlockKind.Transform, "Concat")
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<T> next)
    {
        var block = plan.Add(new MergeBlockRun(plan.Run, this), next.Block);
        var links = new Ring<T>[inputs.Length];
        var islands = new Deferred[inputs.Length];
        for (int i = inputs.Length - 1; i >= 0; i--)
        {
            int input = i;
            links[i] = plan.Link<T>(block);
            islands[i] = plan.Defer(() => inputs[input].Build(plan, new LinkWriter<T>(block, links[input])));
        }

        block.Links = links;
        var island = new ConcatenatingIsland(block, links, islands, next);
        foreach (Ring<T> link in links)
        {
            link.Reader = island;
        }

        next.Attach(island);
        plan.Add(island);
    }

    private sealed class ConcatenatingIsland(BlockRun head, Ring<T>[] links, Deferred[] inputs, Stage<T> chain)
        : ChainIsland<T>(head, chain)
    {
        private int _current = -1;

        protected override bool IsStarved => !links[_current].HasItems && !links[_current].IsClosed;

        protected override Wait Feed()
        {
            int left = TurnLength;
            while (left > 0)
            {
                if (_current < 0 || links[_current].IsDrained)
                {
                    // A stopping run has no use for another source. But what comes out of a branch has been produced: it is to get through.
                    do
                    {
                        if (++_current == links.Length)
                        {
                            return Wait.None;
                        }
                    }
                    while (Run.IsStopping && !inputs[_current].IsFed);

                    inputs[_current].Islands.ForEach(StartDeferred);
                }

                while (left > 0 && links[_current].TryRead(out T? item))
                {
                    left--;
                    if (!Chain.Push(item) || Run.IsAborting)
                    {
                        return Wait.Room;
                    }
                }

                if (left > 0 && !links[_current].IsDrained)
                {
                    return Wait.Input;
                }
            }

            return Wait.Turn;
        }

        protected override Wait Leave()
        {
            foreach (Ring<T> link in links)
            {
                link.LeaveReader();
            }

            // A branch waits for room in front of an input that was never begun: it has to hear that nobody will come.
            foreach (Deferred input in inputs[Math.Min(_current + 1, inputs.Length)..])
            {
                if (input.IsFed)
                {
                    input.Islands.ForEach(static island => island.IsRefused = true);
                    input.Islands.ForEach(StartDeferred);
                }
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
    }
}

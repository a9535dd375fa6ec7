using Pipelines.Channels;

namespace Pipelines.Execution;

// What has come of a worker's line, and who takes it from there.
internal sealed partial class SectionIsland<TIn, TOut>
{
    /// <summary>A worker is done with its line, which may be another's from here on.</summary>
    /// <remarks>What follows from that is done under the same gate: who has the baton takes what is next, or leaves it, and a worker that has nothing to pass
    /// on has another run. For cheap items the gate is most of what a run costs.</remarks>
    /// <param name="worker">The worker.</param>
    /// <param name="line">Its line.</param>
    /// <param name="chunk">What it has not put down.</param>
    /// <param name="hasBaton">Whether it has the baton.</param>
    /// <param name="now">The moment, if the run has come to its end; else 0.</param>
    /// <param name="claims">Whether the worker is to have another run.</param>
    /// <returns>As of <see cref="CrewedIsland{TIn}.Claim"/>; <see cref="Worked.Turn"/> if nothing was claimed.</returns>
    public Worked EndLine(SectionWorker<TIn, TOut> worker, SectionLine<TIn, TOut> line, Chunk<TOut> chunk, bool hasBaton, long now, bool claims)
    {
        PoolWorker? woken = null;
        PoolWorker? help;
        bool isMore = false;
        Worked claimed = Worked.Turn;
        Wait lies = Wait.None;
        using (Gate.Enter())
        {
            if (chunk.Failure is not null)
            {
                CloseClaims();
                woken = _ordered ? SectionWindow<TIn, TOut>.CloseFrom(line.Next) : _drains ? CutAll() : CloseAll();
            }

            hasBaton |= _window.Put(line, chunk);
            Wake(_window.End(line), ref woken);
            if (hasBaton && IsChainReady)
            {
                hasBaton = isMore = _window.TryTake(out chunk, ref woken);
            }

            if (now != 0)
            {
                Sampler.Look(worker, _workers, now);
            }

            if (claims && !hasBaton)
            {
                claimed = ClaimUnderGate(worker, out lies);
            }

            help = CallForHelp();
        }

        HasClaimed(claimed, lies);
        Wake(woken);
        Wake(help);
        if (hasBaton)
        {
            if (isMore)
            {
                _outflow.Accept(chunk);
            }

            PassOn();
        }

        return claimed;
    }

    /// <summary>An item that a policy leaves out is put down behind what its worker has. True: the baton came, and is the worker's to leave.</summary>
    public bool PutOff(SectionLine<TIn, TOut> line, SectionEnd<TOut> end, FailedItem item)
    {
        ((SectionBlock)item.Block!).PutOff();
        using (Gate.Enter())
        {
            bool comes = _window.Put(line, end.Take(item, isLeftOut: true));
            end.SetLimit(line.Slots - line.Held);
            return comes;
        }
    }

    /// <inheritdoc/>
    public bool TryTake(int passed, TOut[]? emptied, out Chunk<TOut> chunk)
    {
        PoolWorker? woken;
        PoolWorker? help;
        bool isMore;
        using (Gate.Enter())
        {
            woken = passed > 0 ? _window.Passed(passed, emptied) : null;
            isMore = _window.TryTake(out chunk, ref woken);
            help = CallForHelp();
        }

        Wake(woken);
        Wake(help);
        return isMore;
    }

    /// <inheritdoc/>
    public void Passed(int count)
    {
        PoolWorker? woken;
        PoolWorker? help;
        using (Gate.Enter())
        {
            woken = _window.Passed(count, null);
            help = CallForHelp();
        }

        Wake(woken);
        Wake(help);
    }

    /// <inheritdoc/>
    public void Fails(FailedItem failure)
    {
        if (FailedBlock is not null)
        {
            failure.Block!.CaughtBehindTheEnd(failure.Item, failure.Error); // while the run drains, beside the one that has ended it
        }
        else if (failure.Refusal is { } refusal)
        {
            failure.Block!.Refused(failure.Item, failure.Error, refusal);
        }
        else
        {
            failure.Block!.Caught(failure.Item, failure.Error);
        }
    }
}

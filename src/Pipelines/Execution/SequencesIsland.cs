using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head turns items into sequences and reads several of them at once: workers with an item each, whose results wait in
/// lines.</summary>
/// <remarks>
/// <para>Its parts: <see cref="CrewedIsland{TIn}"/> (who works on what), <see cref="SequenceWorker{TIn, TOut}"/> (one item and its sequence), <see
/// cref="LineWindow{TOut}"/> and
/// <see cref="ResultLine{TOut}"/> (what has come of the items, and how much of it there may be), <see cref="PassingIsland"/> (who passes on).</para>
/// <para><b>Order.</b> Ordered, what a worker at the head yields goes straight on, and what the others yield waits in their lines, which are emptied when
/// their turn comes. Unordered, whoever
/// finds the baton passes on what it brings and what the others have brought meanwhile.</para>
/// <para><b>Bound.</b> An item is claimed only if there is a slot for what comes of it, and a sequence moved only if there is one for the result: a worker
/// lies at its line until there is. So there are never
/// more items in hand than workers, nor more results than slots.</para>
/// <para><b>Failure.</b> A failed item stands in its line behind what it has yielded, and takes effect there. If that ends the run nothing behind it is worked
/// on any more: those lines are closed at
/// once, and nothing more is claimed.</para>
/// </remarks>
internal sealed class SequencesIsland<TIn, TOut> : CrewedIsland<TIn>, IOutgoing<TOut>
{
    private readonly Func<TIn, CancellationToken, IAsyncEnumerable<TOut>> _selector;
    private readonly WantedToken _token;
    private readonly LineWindow<TOut> _lines;
    private readonly Stage<TOut> _chain;
    private readonly Outflow<TOut> _outflow;
    private readonly bool _ordered;
    private int _takesNoMore;

    public SequencesIsland(BlockRun head, Ring<TIn> link, Func<TIn, CancellationToken, IAsyncEnumerable<TOut>> selector, Stage<TOut> chain)
        : base(head, link, head.Parallelism)
    {
        _chain = chain;
        _outflow = new Outflow<TOut>(this, new Passage<TOut>(this, chain, head), this);
        _selector = selector;
        _token = new WantedToken(Run, Run.AbortToken);
        _ordered = head.Blueprint.Options.Ordered;
        _lines = new LineWindow<TOut>(Gate, link.Slots, Most, _ordered);
        head.Holds = _lines.Slots == long.MaxValue ? Most : _lines.Slots + Most; // beside a link that has no bound it does not matter
    }

    protected override IOutflow Way => _outflow;

    protected override bool HasRoomForItem => _lines.HasRoom;

    protected override PoolWorker CreateWorker() => new SequenceWorker<TIn, TOut>(this);

    protected override bool TryGive(PoolWorker worker)
    {
        if (!Link.TryReadQuietly(out TIn? item))
        {
            return false;
        }

        ((SequenceWorker<TIn, TOut>)worker).Take(item, _lines.Add());
        return true;
    }

    /// <summary>Begins the sequence of an item.</summary>
    public void Open(ref SequencePump<TOut> sequence, TIn item) => sequence.Open(_selector(item, _token.Token), _token.Token);

    /// <summary>Whether the line has room for one more result. False: the worker lies there.</summary>
    public bool HasRoom(PoolWorker worker, ResultLine<TOut> line)
    {
        if (line.HasRoom)
        {
            return true;
        }

        using (Gate.Enter())
        {
            if (_lines.TryGrow(line, out _))
            {
                return true;
            }

            worker.LiesFor = Wait.Room;
            if (!line.TryLieDown(worker))
            {
                worker.LiesFor = Wait.None;
                return true;
            }

            _lines.Want(line);
        }

        HasLainDown(Wait.Room);
        return false;
    }

    /// <summary>Passes a result on, or puts it in its line. True: the worker has the baton, and is to keep it.</summary>
    public bool Pass(ResultLine<TOut> line, TOut result, bool hasBaton)
    {
        if (!hasBaton)
        {
            if (!line.TryPut(result))
            {
                return false;
            }

            if (_ordered && line.Slots > 1)
            {
                Shrink(line);
            }
        }

        if (_outflow.PassNow(result) && _ordered)
        {
            return true; // nobody else has anything to pass on before this item has come to its end
        }

        PassOn();
        return false;
    }

    /// <summary>An item has failed: it stands in its line. True: the baton came.</summary>
    public bool Fail(ResultLine<TOut> line, FailedItem failure)
    {
        if (Head.OnError.Stops)
        {
            PoolWorker? woken;
            using (Gate.Enter())
            {
                CloseClaims();
                woken = LineWindow<TOut>.Close(_ordered ? line.Next : line);
            }

            Wake(woken);
        }

        return line.Put(failure);
    }

    /// <summary>The sequence of an item was left before its end. It has not got through, unless it was at the head when those behind had enough, and had not
    /// failed.</summary>
    public void CutShort(ResultLine<TOut> line, TIn item)
    {
        if (Run.IsAborting || Run.Failure is not null || !_ordered || line != _lines.First || !(_outflow.HasHadEnough || IsUnwanted))
        {
            Head.Undeliver(item);
        }
    }

    /// <summary>A worker is done with its item, and must not touch its line from here on.</summary>
    public void EndItem(ResultLine<TOut> line, bool hasBaton)
    {
        if (_ordered)
        {
            PoolWorker? woken;
            PoolWorker? help = null;
            using (Gate.Enter())
            {
                hasBaton |= line.End(out long unused);
                woken = _lines.Free(unused);
                if (unused > 0)
                {
                    help = CallForHelp();
                }
            }

            Wake(woken);
            Wake(help);
        }

        if (hasBaton)
        {
            PassOn();
        }
    }

    /// <inheritdoc/>
    public int Take(Span<Outgoing<TOut>> batch)
    {
        while (true)
        {
            int taken = _lines.First!.Take(batch);
            if (taken != ResultLine<TOut>.Ended)
            {
                return taken;
            }

            bool isMore;
            PoolWorker? woken;
            PoolWorker? help;
            using (Gate.Enter())
            {
                isMore = _lines.MoveOn(out woken);
                help = CallForHelp();
            }

            Wake(woken);
            Wake(help);
            if (!isMore)
            {
                return 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Passed(int count)
    {
        Wake(_lines.First!.Passed(count));
        if (!_ordered)
        {
            TellOfRoom();
        }
    }

    protected override void TakeNoMore()
    {
        Close();
        if (Interlocked.Exchange(ref _takesNoMore, 1) == 0)
        {
            _token.Unwanted();
            Link.LeaveReader();
        }
    }

    protected override void Unwanted() => TakeNoMore();

    public override void WakeUp()
    {
        Close(); // for good: who is between two claims or two items finds that
        base.WakeUp();
    }

    protected override void Ended()
    {
        _token.Over();
        base.Ended();
    }

    public override void Abandon()
    {
        base.Abandon();
        _chain.Abandon();
        for (ResultLine<TOut>? line = _lines.First; line is not null; line = line.Next)
        {
            _outflow.Forgo(line.Left);
        }
    }

    private void Close()
    {
        _outflow.Close();
        PoolWorker? woken;
        using (Gate.Enter())
        {
            CloseClaims();
            woken = LineWindow<TOut>.Close(_lines.First);
        }

        Wake(woken);
    }

    // Nothing waits in the line at the head: its worker needs no more than one slot to go on.
    private void Shrink(ResultLine<TOut> line)
    {
        PoolWorker? woken;
        PoolWorker? help;
        using (Gate.Enter())
        {
            long unused = line.Slots - 1;
            line.AddSlots(-unused);
            woken = _lines.Free(unused);
            help = CallForHelp();
        }

        Wake(woken);
        Wake(help);
    }
}

using Pipelines.Channels;

namespace Pipelines.Execution;

// Where the results of workers go: to the chain, or down in their lines, and who lies down since there is no room.
internal sealed partial class SectionIsland<TIn, TOut>
{
    private int LongestRun(int workers) => (int)Math.Clamp(_window.Slots / Math.Min(2L * workers, int.MaxValue), 1, 1024);

    /// <summary>How many results a line's worker may have in its hands.</summary>
    public long LimitOf(SectionLine<TIn, TOut> line)
    {
        using (Gate.Enter())
        {
            return line.Slots - line.Held;
        }
    }

    /// <summary>Gives the end of a worker's copy an array for its results, or a greater one.</summary>
    public void GiveSpace(SectionEnd<TOut> end)
    {
        long wanted = Math.Min(end.Limit, Math.Max(16, 4L * end.Count));
        using (Gate.Enter())
        {
            end.SetSpace(_window.TakeResults(wanted));
        }
    }

    /// <summary>The end of a worker's copy is full. On: it is not any more. Away: the worker lies down.</summary>
    public Worked SeeToRoom(SectionWorker<TIn, TOut> worker, SectionLine<TIn, TOut> line, SectionEnd<TOut> end)
    {
        bool takesBaton = false;
        using (Gate.Enter())
        {
            if (line.IsClosed)
            {
                return Worked.On;
            }

            if (_ordered && line.HasBaton)
            {
                (takesBaton, line.HasBaton) = (true, false);
            }
            else if (!_ordered && end.Count > 0)
            {
                takesBaton = _window.Put(line, end.Take(null));
            }

            end.SetLimit(line.Slots - line.Held);
            if (!takesBaton && end.Count >= end.Limit && !TryMakeRoom(worker, line, end))
            {
                goto Lies;
            }
        }

        if (takesBaton && _ordered)
        {
            PassStraightOn(line, end);
        }
        else if (takesBaton)
        {
            PassOn();
        }

        return Worked.On;

    Lies:
        HasLainDown(Wait.Room);
        return Worked.Away;
    }

    // Under the gate. False: the worker lies at its line.
    private bool TryMakeRoom(SectionWorker<TIn, TOut> worker, SectionLine<TIn, TOut> line, SectionEnd<TOut> end)
    {
        if (_window.TryGrow(line))
        {
            end.SetLimit(line.Slots - line.Held);
            return true;
        }

        if (end.Count > 0)
        {
            _window.Put(line, end.Take(null));
        }

        worker.LiesFor = Wait.Room;
        _window.Lie(line, worker);
        return false;
    }

    /// <summary>The worker has the baton: what it has goes on, and if all of it does, so does what comes.</summary>
    public void PassStraightOn(SectionLine<TIn, TOut> line, SectionEnd<TOut> end)
    {
        Chunk<TOut> chunk = end.Take(null);
        bool isThrough = _outflow.TryPass(chunk, out int left);
        PoolWorker? woken = null;
        PoolWorker? help = null;
        if (left > 0 || line.Slots > line.To - line.From)
        {
            using (Gate.Enter())
            {
                if (left > 0)
                {
                    _window.Hold(line, left);
                }
                else
                {
                    woken = _window.Shrink(line, line.To - line.From);
                    help = CallForHelp();
                }

                end.SetLimit(line.Slots - line.Held);
            }
        }

        if (left == 0 && chunk.Count > 0)
        {
            end.SetSpace(chunk.Results);
        }
        else if (end.NeedsSpace)
        {
            GiveSpace(end);
        }

        if (isThrough)
        {
            end.BeginDirect();
        }
        else
        {
            PassOn();
        }

        Wake(woken);
        Wake(help);
    }

    /// <summary>A worker leaves the baton, which it need not have any more, to whoever comes next.</summary>
    public void LeaveBaton() => PassOn();

    /// <summary>A worker puts down what it has.</summary>
    public void PutDown(SectionLine<TIn, TOut> line, SectionEnd<TOut> end)
    {
        bool hasBaton;
        using (Gate.Enter())
        {
            hasBaton = _window.Put(line, end.Take(null));
            end.SetLimit(line.Slots - line.Held);
        }

        if (hasBaton)
        {
            PassOn();
        }
    }

    /// <summary>The rest of a worker's run is there for others.</summary>
    public void Return(SectionLine<TIn, TOut> line, int from, int inHands)
    {
        PoolWorker? help;
        using (Gate.Enter())
        {
            _window.Return(line, from, inHands);
            help = CallForHelp();
        }

        Wake(help);
    }
}

namespace Pipelines.Models;

/// <summary>What is taken away from the crew; the model must find each of them.</summary>
public enum CrewFault
{
    None,

    /// <summary>Crew.Pump takes the request back when it has looked at the line.</summary>
    TakenBackBehindLook,

    /// <summary>Crew.Pump takes the request back by a store, without a fence before it looks.</summary>
    TakenBackWithoutFence,

    /// <summary>Crew.Ready requests a pump before the worker stands in the line.</summary>
    RequestBeforeLine,

    /// <summary>Crew.Pump leaves at the end of its length, or for others, without a look at the line.</summary>
    NoLookAtEnd,

    /// <summary>Crew.Pump requests no other pump for who stands behind the one it takes.</summary>
    NoPumpForNext,

    /// <summary>A worker is put in the line again while it still executes.</summary>
    ReadyWhileExecuting,
}

/// <summary>
/// src/Pipelines/Execution/Crew.cs: the line of ready workers, and the pumps. The line is a set here, and whoever is put in or taken out is so by an
/// interlocked operation, as in
/// <see cref="System.Collections.Concurrent.ConcurrentQueue{T}"/>: that operation is the fence before Request looks at the flag.
/// </summary>
internal sealed class CrewModel : Model
{
    private readonly CrewFault _fault;
    private readonly int _pumpLength;
    private readonly int _calls;
    private readonly bool _waitsForOther;

    private readonly Place _line;
    private readonly Place _isRequested;

    // Pumps that the scheduler has been given and has not begun.
    private readonly Place _pumps;

    // Code that a worker has called returns only when the worker waits for it.
    private readonly Place[] _away;

    // For the model.
    private readonly Place[] _executes;
    private readonly Place[] _worked;

    /// <param name="pumpLength">After how many turns a pump gives its thread back.</param>
    /// <param name="calls">How often each of two workers is made ready.</param>
    /// <param name="waitsForOther">The first worker's delegate waits for the other to have worked.</param>
    /// <param name="fault">What is taken away.</param>
    public CrewModel(int pumpLength, int calls, bool waitsForOther, CrewFault fault)
    {
        (_pumpLength, _calls, _waitsForOther, _fault) = (pumpLength, calls, waitsForOther, fault);
        _line = Word("line");
        _isRequested = Word("isRequested");
        _pumps = Word("pumps queued");
        _away = Words("worker waits", 2, static _ => 1);
        _executes = Words("(executes)", 2);
        _worked = Words("(worked)", 2);
        Thread("caller1", () => Complete(0));
        Thread("caller2", () => Complete(1));
        Thread("thread1", Execute, mayWait: true);
        Thread("thread2", Execute, mayWait: true);
    }

    public override string ToString() =>
        $"Crew, pumps of {_pumpLength}, {_calls} calls each{(_waitsForOther ? ", one waits for the other" : "")}"
        + (_fault == CrewFault.None ? "" : $", {_fault},");

    // Whoever is ready is worked on. Each worker gives its turn away once.
    public override string? AtRest() =>
        this[_line] != 0 ? "A worker stands in the line, and there is no pump."
        : this[_executes[0]] + this[_executes[1]] != 0 ? "A worker executes, and waits for another that does not."
        : this[_worked[0]] != _calls + 1 || this[_worked[1]] != _calls + 1 ? "A worker has not worked as often as it was ready."
        : null;

    // A foreign thread completes what a worker waits for.
    private IEnumerator<Op> Complete(int worker)
    {
        for (int call = 0; call < _calls; call++)
        {
            if (_fault != CrewFault.ReadyWhileExecuting)
            {
                yield return Await(_away[worker], 1);
                this[_away[worker]] = 0;
            }

            yield return Call(Ready(worker));
        }
    }

    private IEnumerator<Op> Ready(int worker)
    {
        if (_fault == CrewFault.RequestBeforeLine)
        {
            yield return Call(Request());
            yield return Or(_line, 1 << worker);
        }
        else
        {
            yield return Or(_line, 1 << worker);
            yield return Call(Request());
        }
    }

    // A thread of the scheduler's.
    private IEnumerator<Op> Execute()
    {
        while (true)
        {
            yield return Await(_pumps, 1);
            this[_pumps]--;
            yield return Call(Pump());
        }
    }

    private IEnumerator<Op> Pump()
    {
        if (_fault == CrewFault.TakenBackWithoutFence)
        {
            yield return Write(_isRequested, 0);
        }
        else if (_fault != CrewFault.TakenBackBehindLook)
        {
            yield return Exchange(_isRequested, 0);
        }

        for (int left = _pumpLength; left > 0; left--)
        {
            yield return Call(TryDequeue());
            int worker = Got;
            if (worker < 0)
            {
                break;
            }

            if (_fault != CrewFault.NoPumpForNext)
            {
                yield return Read(_line);
                yield return Call(Got != 0 ? Request() : Nothing());
            }

            yield return Call(Work(worker));
            if (Got != 0)
            {
                yield return Or(_line, 1 << worker); // others first
                break;
            }
        }

        if (_fault != CrewFault.NoLookAtEnd)
        {
            yield return Read(_line);
            yield return Call(Got != 0 ? Request() : Nothing());
        }

        if (_fault == CrewFault.TakenBackBehindLook)
        {
            yield return Exchange(_isRequested, 0);
        }
    }

    private IEnumerator<Op> Request()
    {
        // snippet: access
        yield return Read(_isRequested);        // if (Volatile.Read(ref _isRequested) == 0
        if (Got != 0)
        {
            yield break;
        }

        yield return Exchange(_isRequested, 1); //     && Interlocked.Exchange(ref _isRequested, 1) == 0)
        // end
        if (Got == 0)
        {
            this[_pumps]++;
        }
    }

    // The worker, or -1.
    private IEnumerator<Op> TryDequeue()
    {
        while (true)
        {
            yield return Read(_line);
            int line = Got;
            if (line == 0)
            {
                Return(-1);
                yield break;
            }

            int worker = int.TrailingZeroCount(line);
            yield return CompareExchange(_line, line & ~(1 << worker), line);
            if (Got == line)
            {
                Return(worker);
                yield break;
            }
        }
    }

    // Whether it gives its turn to others.
    private IEnumerator<Op> Work(int worker)
    {
        Check(++this[_executes[worker]] == 1, "A worker is on two threads.");
        if (_waitsForOther && worker == 0)
        {
            yield return Await(_worked[1], 1);
        }
        else
        {
            yield return Fence(); // it takes a while
        }

        this[_executes[worker]]--;
        bool givesTurn = this[_worked[worker]]++ == 0;
        this[_away[worker]] = givesTurn ? 0 : 1;
        Return(givesTurn);
    }

    private static IEnumerator<Op> Nothing()
    {
        yield break;
    }
}

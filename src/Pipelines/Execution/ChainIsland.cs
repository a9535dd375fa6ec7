using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head feeds a chain: the one loop of all of them.</summary>
/// <remarks>
/// <para>Its phases: <i>opening</i>, <i>feeding</i> (as long as the chain is ready and there is input), <i>ending</i> (the input is closed, and may yet
/// fail), <i>completing</i> (the chain flushes what it holds, and passes the end on),
/// <i>leaving</i> (whoever feeds it hears that it takes no more), <i>over</i>. An abort goes to leaving from wherever it is. A failure goes to completing
/// where the run drains: what is behind
/// the failed block gets its end, and what is in front of it keeps what it holds.</para>
/// <para>A producer does not complete while the run is paused: a partial batch would be flushed by that, and the run could end.</para>
/// </remarks>
internal abstract class ChainIsland<T>(BlockRun head, Stage<T> chain) : Island(head)
{
    /// <summary>After so many items an island gives its thread to others, in line behind them. It is also what lets the runtime replace the loop while it
    /// runs for the first time.</summary>
    protected const int TurnLength = 1024;

    private readonly bool _isProducer = head.Blueprint.Kind == BlockKind.Producer;
    private Phase _phase;

    private enum Phase
    {
        Opening,
        Feeding,
        Ending,
        Completing,
        Leaving,
        Over,
    }

    protected Stage<T> Chain { get; } = chain;

    protected sealed override Wait Poll()
    {
        while (true)
        {
            Wait wait = Wait.None;
            switch (_phase)
            {
                case Phase.Opening when IsRefused:
                    _phase = Phase.Leaving;
                    continue;
                case Phase.Opening:
                    wait = Run.IsAborting ? Wait.None : Open();
                    break;
                case Phase.Feeding:
                    wait = Pump();
                    break;
                case Phase.Ending:
                    wait = IsHeld ? Wait.Resume : Ending();
                    break;
                case Phase.Completing:
                    wait = Complete();
                    break;
                case Phase.Leaving:
                    wait = Leave();
                    break;
                case Phase.Over:
                    return Wait.None;
            }

            if (wait != Wait.None)
            {
                return wait;
            }

            _phase++;
        }
    }

    /// <summary>What has left foreign code is known by its place; everything goes on to the end.</summary>
    protected sealed override void Broken(Exception error)
    {
        Caught(error);
        _phase = _phase < Phase.Ending ? Phase.Ending : _phase + 1;
    }

    /// <summary>Gets the input ready, on the island's own thread.</summary>
    protected virtual Wait Open() => Wait.None;

    /// <summary>
    /// Pushes items until there is no more input (<see cref="Wait.None"/>), none at the moment (<see cref="Wait.Input"/>, <see cref="Wait.Outside"/>), the
    /// chain said that it may not take another
    /// (<see cref="Wait.Room"/>), the run is paused, code must return first, or others should have their turn.
    /// </summary>
    protected abstract Wait Feed();

    /// <summary>What was begun must come to its end first, whatever has become of the run: code that was called and has not returned.</summary>
    protected virtual Wait Settle() => Wait.None;

    /// <summary>The second look of an island that waits for input: whether there is still nothing new.</summary>
    protected virtual bool IsStarved => false;

    /// <summary>The second look of one that waits for code or the outside; it has that call <see cref="Activity.Continuation"/>.</summary>
    protected virtual bool IsPending => false;

    /// <summary>There is no more input, and the end is about to go on down: settles how the input has ended, which may be a failure. May have to wait for
    /// code.</summary>
    protected virtual Wait Ending() => Wait.None;

    // The end of a producer waits for the run to go on: a partial batch would be flushed by it, and the run could end.
    private bool IsHeld => _isProducer && Run.IsPaused && !IsUnwanted;

    /// <summary>The island takes no more input: lets whoever feeds it know. May have to wait for code.</summary>
    protected abstract Wait Leave();

    protected sealed override bool MustWait(Wait wait) => wait switch
    {
        Wait.Room => !Run.IsAborting && CheckBehindFailure() == Readiness.Full,
        Wait.Input => IsStarved && !Run.IsAborting && !IsUnwanted,
        Wait.Resume => Run.IsPaused && !IsUnwanted,
        _ => IsPending,
    };

    private Wait Pump()
    {
        while (true)
        {
            if (Settle() is var unsettled && unsettled != Wait.None)
            {
                return unsettled;
            }

            if (Run.IsAborting || FailedBlock is not null)
            {
                return Wait.None;
            }

            switch (Chain.Check())
            {
                case Readiness.Finished:
                    return Wait.None;
                case Readiness.Full:
                    return Wait.Room;
                case Readiness.Ready when !Chain.Resume():
                    continue;
            }

            Wait fed = Feed();
            switch (fed)
            {
                case Wait.Room:
                    continue;
                case Wait.Input or Wait.Resume when IsUnwanted:
                    return Wait.None;
                default:
                    return fed;
            }
        }
    }

    private Wait Complete()
    {
        while (!Run.IsAborting)
        {
            BlockRun? failed = FailedBlock;
            if (failed is null || failed == Head ? Chain.Complete() : Chain.CompleteBehind(failed))
            {
                break;
            }

            if (CheckBehindFailure() == Readiness.Full)
            {
                return Wait.Room;
            }
        }

        return Wait.None;
    }

    private Readiness CheckBehindFailure() =>
        FailedBlock is { } failed && failed != Head ? Chain.CheckBehind(failed) : Chain.Check();
}

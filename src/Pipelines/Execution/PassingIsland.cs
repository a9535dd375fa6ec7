using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head has several workers, one of whom at a time passes on what has come of their items: the baton, and the chain that comes with
/// it.</summary>
/// <remarks>
/// <para>Who has the baton has the <see cref="IOutflow"/>. A worker has it only while it need not wait with it. When something must be waited for, room,
/// a dead letter or its turn,
/// the island itself takes it over, as an activity: else it is <i>dormant</i>, on no thread and nobody's waiter. So no worker waits for anything but its own
/// item, input and room.</para>
/// <para>The baton is left where nothing waits to be passed on, for whoever brings the next thing. Where nothing is passed on any more (the run is over, an
/// item has failed, nobody takes more) it is
/// nowhere.</para>
/// <para>The last of workers and island to end completes the chain.</para>
/// </remarks>
internal abstract class PassingIsland(BlockRun head) : Island(head)
{
    private Phase _phase;
    private bool _hasBaton;

    // How many workers have not ended, and the island while it is not dormant. Whoever takes it to zero completes the island.
    private int _working;

    private enum Phase
    {
        New,
        Passing,
        Completing,
        Over,
    }

    /// <summary>How results get to the chain.</summary>
    protected abstract IOutflow Way { get; }

    /// <summary>Has the first worker begin.</summary>
    protected abstract void Begin();

    /// <summary>Nothing is passed on any more: whoever works is to leave off, and upstream to know. Any thread, any number of times.</summary>
    protected abstract void TakeNoMore();

    /// <summary>Everybody has ended: upstream is to know.</summary>
    protected abstract void LeaveInput();

    /// <summary>A worker was made.</summary>
    protected void WorkerBegins() => Interlocked.Increment(ref _working);

    /// <summary>A worker has ended, the last thing that it does.</summary>
    protected void WorkerEnds()
    {
        if (Interlocked.Decrement(ref _working) == 0)
        {
            // Nobody has the baton any more, and nobody else works: the island completes.
            Run.Stirred();
            Queue();
        }

        Run.ActivityEnded();
    }

    /// <summary>With the baton in hand, passes on what there is. If something must be waited for, the island takes the baton over and does that.</summary>
    protected void PassOn()
    {
        Wait wait = TryPassOn();
        if (wait == Wait.None)
        {
            return;
        }

        _hasBaton = true;
        Interlocked.Increment(ref _working);
        Run.Stirred();
        if (wait != Wait.Room || !TrySleep(wait))
        {
            Queue();
        }
    }

    protected override Wait Poll()
    {
        switch (_phase)
        {
            case Phase.New when !IsRefused:
                _phase = Phase.Passing;
                Begin();
                return Wait.Dormant;
            case Phase.Passing when _hasBaton:
                // Before it is left: whoever finds it then may hand it back to this island at once.
                _hasBaton = false;
                Wait wait = TryPassOn();
                if (wait != Wait.None)
                {
                    _hasBaton = true;
                    return wait;
                }

                if (Interlocked.Decrement(ref _working) != 0)
                {
                    return Wait.Dormant;
                }

                break;
            case Phase.Over:
                return Wait.None;
        }

        _phase = Phase.Completing;
        LeaveInput();
        return Way.Complete();
    }

    private Wait TryPassOn()
    {
        Wait wait = Way.TryPassOn(out bool isOver);
        if (isOver)
        {
            TakeNoMore();
        }

        return wait;
    }

    protected override bool MustWait(Wait wait) => Way.MustWait(wait, Continuation);

    protected override void Broken(Exception error)
    {
        Caught(error);
        TakeNoMore();
        _phase = _phase == Phase.Completing ? Phase.Over : _phase;
    }

    public override void Abandon() => Way.Abandon();
}

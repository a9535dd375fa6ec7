namespace Pipelines.Processes;

/// <summary>Has a worker go on when there is news for it from outside, and not twice.</summary>
/// <remarks>
/// <code>
/// busy --wait--> waiting --ring--> rung (and it is made ready)
///   \------------ring------------> rung          rung --begin--> busy
/// </code>
/// Only the worker begins and waits; anybody rings. While it lies among the pool's sleepers it is busy or rung, so that only the pool wakes it.
/// </remarks>
internal sealed class Bell(Action ready)
{
    private const int Busy = 0;
    private const int Waiting = 1;
    private const int Rung = 2;

    private int _state;

    public void Ring()
    {
        if (Interlocked.Exchange(ref _state, Rung) == Waiting)
        {
            ready();
        }
    }

    /// <summary>Before it looks for news.</summary>
    public void Begin() => Interlocked.Exchange(ref _state, Busy);

    /// <summary>Behind the look. False: it has rung meanwhile. True: it may be running elsewhere by now.</summary>
    public bool TryWait() => Interlocked.CompareExchange(ref _state, Waiting, Busy) == Busy;
}

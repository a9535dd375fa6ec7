namespace Pipelines.Channels;

/// <summary>A <see cref="Waiter"/> for a side of a ring that several tasks share: who waits stands in line, and is served in the order of coming.</summary>
/// <remarks>
/// <para>
/// The first in line is given what it waits for by whoever brings it, under the lock: a read its item, a write the slot for its item. So nobody races for it,
/// nobody
/// who comes later can be faster, and a wait has either been given something or can still be cancelled, never both.
/// </para>
/// <para>
/// The lock belongs to the ring, one for both of its sides: each side serves the other's line too. Nothing foreign runs under it but the observer: who was
/// served is told behind it.
/// </para>
/// </remarks>
internal sealed class WaitLine(Gate gate, Wait news, IAttendant attendant, ISleepObserver? observer) : Waiter
{
    private LineWait? _first;
    private LineWait? _last;

    /// <summary>Whether nobody waits. Under the lock.</summary>
    public bool IsEmpty => _first is null;

    /// <summary>Joins the line at its end. Under the lock; then the line is served, since what is waited for may have come before the line announced
    /// itself.</summary>
    public void Join(LineWait wait, CancellationToken token)
    {
        wait.IsInLine = true;
        wait.Previous = _last;
        if (_last is null)
        {
            _first = wait;
            observer?.FellAsleep();
        }
        else
        {
            _last.Next = wait;
        }

        _last = wait;
        wait.Register(token);
    }

    /// <summary>Serves from the front for as long as there is something to give. Under the lock.</summary>
    /// <returns>Whether anybody was served.</returns>
    public bool Serve(ref EndedWaits ended)
    {
        bool hasServed = false;
        while (true)
        {
            while (_first is { } first && attendant.TryServe(first, ref ended))
            {
                Remove(first);
                ended.Add(first);
                hasServed = true;
            }

            if (_first is null)
            {
                TryWithdraw();
                return hasServed;
            }

            if (IsArmed(State))
            {
                return hasServed; // announced before the last look: what comes from now on wakes the line
            }

            Announce(news);
        }
    }

    /// <summary>Ends a wait that is still in line; what was served stays served, whenever its cancellation comes.</summary>
    public void Cancel(LineWait wait, CancellationToken token)
    {
        var ended = default(EndedWaits);
        using (gate.Enter())
        {
            if (!wait.IsInLine)
            {
                return;
            }

            Remove(wait);
            wait.Error = new OperationCanceledException(token);
            ended.Add(wait);
        }

        ended.Complete();
    }

    protected override void OnWoken() => attendant.Woken();

    private void Remove(LineWait wait)
    {
        wait.IsInLine = false;
        var next = (LineWait?)wait.Next;
        if (wait.Previous is { } previous)
        {
            previous.Next = next;
        }
        else
        {
            _first = next;
        }

        if (next is not null)
        {
            next.Previous = wait.Previous;
        }
        else
        {
            _last = wait.Previous;
        }

        wait.Previous = null;
        wait.Next = null;
        if (_first is null)
        {
            observer?.WokeUp();
        }
    }
}

/// <summary>Who serves a <see cref="WaitLine"/>.</summary>
internal interface IAttendant
{
    /// <summary>Gives the first in line what it waits for, or the news that it will never come. False: it has to wait on. Under the lock.</summary>
    bool TryServe(LineWait first, ref EndedWaits ended);

    /// <summary>The other side of the ring has news. Not under the lock.</summary>
    void Woken();
}

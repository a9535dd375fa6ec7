using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>A reader that any number of tasks may use at once, over a ring that by itself serves one.</summary>
/// <remarks>
/// <para>A lock makes the readers one reader. Cost: one uncontended lock an item, about 10 ns; a wait costs an allocation (see <see cref="LineWait"/>).</para>
/// <para>Who waits stands in line, and nobody reads past it: a pending <c>ReadAsync</c> is handed its item by whoever brings it, and
/// <c>TryRead</c> finds nothing while there is a line.</para>
/// <para>It has three ends: the ring is drained (the normal end), the channel ended with an error behind the last item, or
/// <see cref="Break"/>, after which nothing is read any more, not even what is there. It hears of each when it comes, whether or not somebody waits: so
/// <see cref="Completion"/> finishes however the reading and the end fall.</para>
/// </remarks>
[DebuggerDisplay("count={Count}")]
internal sealed class SharedReader<T> : ChannelReader<T>, IAttendant
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly Gate _gate;
    private readonly WaitLine _line;
    private readonly Home? _home;
    private readonly FlushList? _flushes;

    // Under the gate: why nothing is read any more.
    private Exception? _broken;

    /// <param name="ring">Where the items come from.</param>
    /// <param name="end">How the channel ended.</param>
    /// <param name="gate">The ring's lock.</param>
    /// <param name="home">If given, a wait goes on where its caller awaits, whatever the awaiter asks for: inside a run, on the run's scheduler.</param>
    /// <param name="flushes">Who wants to hear how far the reading has come.</param>
    /// <param name="observer">If given, hears when a wait begins and when none goes on.</param>
    public SharedReader(
        Ring<T> ring, ChannelEnd end, Gate gate, Home? home = null, FlushList? flushes = null, ISleepObserver? observer = null)
    {
        _flushes = flushes;
        _home = home;
        _ring = ring;
        _end = end;
        _gate = gate;
        _line = new WaitLine(gate, Wait.Input, this, observer);
        ring.Reader = _line;
        ring.WhenClosed = Woken;
    }

    public override bool CanCount => true;

    public override bool CanPeek => true;

    public override int Count => _ring.Count;

    public override Task Completion => _end.Completion;

    // The other side's line, if that is shared too. Then it is served here, under the lock that both have.
    private WaitLine? WritersLine => _ring.Writer as WaitLine;

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        var ended = default(EndedWaits);
        bool hasRead;
        using (_gate.Enter())
        {
            hasRead = TryTake(out item, ref ended);
        }

        Leave(ended, hasRead);
        return hasRead;
    }

    public override bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        using (_gate.Enter())
        {
            item = default;
            return _broken is null && _line.IsEmpty && _ring.TryPeek(out item);
        }
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        var ended = default(EndedWaits);
        LineWait<bool> wait;
        bool hasMoved;
        using (_gate.Enter())
        {
            if (_broken is null && _line.IsEmpty && _ring.HasItems)
            {
                return new(true);
            }

            wait = new LineWait<bool>(_line, transfers: false, _home);
            hasMoved = ServeOrJoin(wait, ref ended, cancellationToken);
        }

        Leave(ended, hasMoved);
        return new(wait, wait.Version);
    }

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        var ended = default(EndedWaits);
        LineWait<T>? wait = null;
        T? item;
        bool hasMoved;
        using (_gate.Enter())
        {
            hasMoved = TryTake(out item, ref ended);
            if (!hasMoved)
            {
                wait = new LineWait<T>(_line, transfers: true, _home);
                hasMoved = ServeOrJoin(wait, ref ended, cancellationToken);
            }
        }

        Leave(ended, hasMoved);
        return wait is null ? new(item!) : new(wait, wait.Version);
    }

    /// <summary>Ends every read, now and later, with an exception; what waits stays in the ring for its owner to count.</summary>
    public void Break(Exception reason)
    {
        var ended = default(EndedWaits);
        using (_gate.Enter())
        {
            _broken ??= reason;
            _line.Serve(ref ended);
        }

        ended.Complete();
        _end.Break(reason);
    }

    /// <summary>There is news: of the writer's side, or of the end. Not under the lock.</summary>
    public void Woken()
    {
        var ended = default(EndedWaits);
        bool hasMoved;
        using (_gate.Enter())
        {
            hasMoved = Settle(ref ended);
        }

        Leave(ended, hasMoved);
    }

    bool IAttendant.TryServe(LineWait first, ref EndedWaits ended)
    {
        if (_broken is not null)
        {
            first.Error = _broken;
            return true;
        }

        if (first.Transfers)
        {
            var read = (LineWait<T>)first;
            if (_ring.TryReadQuietly(out T? item))
            {
                read.Value = item;
                _flushes?.Reached(_ring.Read, ref ended);
                return true;
            }
        }
        else if (_ring.HasItems)
        {
            // Whether the item is still there is for the caller's next attempt to find out, as with the in-box channels.
            ((LineWait<bool>)first).Value = true;
            return true;
        }

        if (!_ring.IsDrained)
        {
            return false;
        }

        _end.TryEnd(null); // unless it was decided before the ring was closed
        first.Error = first.Transfers ? _end.PastEnd() : _end.Error;
        return true;
    }

    // Under the gate. In turn: not while somebody waits.
    private bool TryTake([MaybeNullWhen(false)] out T item, ref EndedWaits ended)
    {
        item = default;
        if (!_line.IsEmpty)
        {
            Settle(ref ended);
        }

        if (_broken is not null || !_line.IsEmpty || !_ring.TryReadQuietly(out item))
        {
            return false;
        }

        _flushes?.Reached(_ring.Read, ref ended);
        if (WritersLine is { IsEmpty: false })
        {
            Settle(ref ended);
        }

        return true;
    }

    // Under the gate. Whoever need not wait does not join: nobody is told of a wait that is none.
    private bool ServeOrJoin(LineWait wait, ref EndedWaits ended, CancellationToken cancellationToken)
    {
        if (_line.IsEmpty && ((IAttendant)this).TryServe(wait, ref ended))
        {
            ended.Add(wait);
            Settle(ref ended);
            return true;
        }

        _line.Join(wait, cancellationToken);
        return Settle(ref ended);
    }

    // Under the gate. Serves both lines, each with what the other has brought, until neither has anything for the other.
    private bool Settle(ref EndedWaits ended)
    {
        bool hasMoved = _line.Serve(ref ended);
        while (WritersLine is { IsEmpty: false } writers && writers.Serve(ref ended))
        {
            hasMoved = true;
            _line.Serve(ref ended);
        }

        return hasMoved;
    }

    // Behind the gate: everything that may be foreign.
    private void Leave(EndedWaits ended, bool hasMoved)
    {
        if (hasMoved && WritersLine is null)
        {
            _ring.WakeWriterIfDue();
        }

        if (_ring.IsDrained && Volatile.Read(ref _broken) is null)
        {
            _end.TryEnd(null);
            _end.Finish();
        }

        ended.Complete();
    }
}

using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>A writer that any number of tasks may use at once, over a ring that by itself serves one.</summary>
/// <remarks>
/// <para>A lock makes the writers one writer. Cost: one uncontended lock an item, about 10 ns; a wait costs an allocation (see <see cref="LineWait"/>).</para>
/// <para>Who waits stands in line, and nobody writes past it: the item of a pending <c>WriteAsync</c> is put into the ring by whoever frees the slot, and
/// <c>TryWrite</c> returns false while there is a line.</para>
/// </remarks>
[DebuggerDisplay("count={_ring.Count} closed={_ring.IsClosed}")]
internal sealed class SharedWriter<T> : ChannelWriter<T>, IAttendant
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly Gate _gate;
    private readonly WaitLine _line;
    private readonly Action<Exception>? _failed;
    private readonly Home? _home;

    private readonly IWriteWatch? _watch;

    private volatile bool _endedFirst;

    // Under the gate: why nothing is written any more.
    private Exception? _broken;

    /// <param name="ring">Where the items go.</param>
    /// <param name="end">How the channel ended.</param>
    /// <param name="gate">The ring's lock.</param>
    /// <param name="failed">If given, receives the error of <see cref="TryComplete"/>, and the ring stays open.</param>
    /// <param name="home">If given, a wait goes on where its caller awaits, whatever the awaiter asks for: inside a run, on the run's scheduler.</param>
    /// <param name="observer">If given, hears when a wait begins and when none goes on.</param>
    /// <param name="watch">If given, hears of each write, and may hold them.</param>
    public SharedWriter(
        Ring<T> ring,
        ChannelEnd end,
        Gate gate,
        Action<Exception>? failed = null,
        Home? home = null,
        ISleepObserver? observer = null,
        IWriteWatch? watch = null)
    {
        _watch = watch;
        _home = home;
        _failed = failed;
        _ring = ring;
        _end = end;
        _gate = gate;
        _line = new WaitLine(gate, Wait.Room, this, observer);
        ring.Writer = _line;
    }

    // The other side's line, if that is shared too. Then it is served here, under the lock that both have.
    private WaitLine? ReadersLine => _ring.Reader as WaitLine;

    private bool IsEnded => _end.HasEnded || _ring.IsClosed || _ring.IsReaderGone;

    public override bool TryWrite(T item)
    {
        if (_watch is null)
        {
            return TryWriteUnwatched(item);
        }

        _watch.WriteBegins();
        try
        {
            return TryWriteUnwatched(item);
        }
        finally
        {
            _watch.WriteEnds();
        }
    }

    private bool TryWriteUnwatched(T item)
    {
        var ended = default(EndedWaits);
        bool hasWritten;
        using (_gate.Enter())
        {
            hasWritten = TryPut(item, ref ended);
        }

        Leave(ended, hasWritten);
        return hasWritten;
    }

    public override bool TryComplete(Exception? error = null)
    {
        if (!_end.TryEnd(error))
        {
            return false;
        }

        TellEnd();
        return true;
    }

    /// <summary>The end was decided, here or by whoever shares it: closes the ring and ends the waits. Not under the lock.</summary>
    public void TellEnd()
    {
        if (_end.Error is { } error && _failed is not null)
        {
            Woken();
            _failed(error);
            return;
        }

        _endedFirst = !_ring.IsReaderGone; // before the reader can see the end, and leave because of it
        _ring.Close(); // which also tells a shared reader
        Woken();
    }

    /// <summary>Whether the stream was ended, well, while it was still being read. If not, and the reader is gone, that one has had enough.</summary>
    public bool HasEndedFirst => _endedFirst;

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
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
            if (_broken is null && _line.IsEmpty && !IsEnded && !IsHeld && _ring.HasRoom)
            {
                return new(true);
            }

            wait = new LineWait<bool>(_line, transfers: false, _home);
            hasMoved = ServeOrJoin(wait, ref ended, cancellationToken);
        }

        Leave(ended, hasMoved);
        return new(wait, wait.Version);
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _watch?.WriteBegins();
        try
        {
            var ended = default(EndedWaits);
            LineWait<T>? wait = null;
            bool hasMoved;
            using (_gate.Enter())
            {
                hasMoved = TryPut(item, ref ended);
                if (!hasMoved)
                {
                    wait = new LineWait<T>(_line, transfers: true, _home) { Value = item };
                    hasMoved = ServeOrJoin(wait, ref ended, cancellationToken);
                }
            }

            Leave(ended, hasMoved);
            return wait is null ? default : new(wait, wait.Version);
        }
        finally
        {
            _watch?.WriteEnds();
        }
    }

    /// <summary>Ends every write, now and later, with an exception.</summary>
    public void Break(Exception reason)
    {
        using (_gate.Enter())
        {
            _broken ??= reason;
        }

        Woken();
    }

    private bool IsHeld => _watch is { HoldsWrites: true };

    /// <summary>There is news: of the reader's side, of the end, of whether writes are held. Whatever was decided before it has been done when it returns.
    /// Not under the lock.</summary>
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
        if (_broken is null && !IsEnded)
        {
            if (IsHeld || !_ring.HasRoom)
            {
                return false;
            }

            if (!first.Transfers)
            {
                // Whether the room is still there is for the caller's next attempt to find out, as with the in-box channels.
                ((LineWait<bool>)first).Value = true;
                return true;
            }

            var write = (LineWait<T>)first;
            if (_ring.TryWriteQuietly(write.Value!))
            {
                write.Value = default;
                return true;
            }

            // The ring was closed since the look; then the item is not part of the stream.
        }

        first.Error = _broken ?? (first.Transfers ? _end.PastEnd() : _end.Error);
        return true;
    }

    // Under the gate. In turn: not while somebody waits.
    private bool TryPut(T item, ref EndedWaits ended)
    {
        if (!_line.IsEmpty)
        {
            Settle(ref ended);
        }

        if (_broken is not null || IsEnded || IsHeld || !_line.IsEmpty || !_ring.TryWriteQuietly(item))
        {
            return false;
        }

        if (ReadersLine is { IsEmpty: false })
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
        while (ReadersLine is { IsEmpty: false } readers && readers.Serve(ref ended))
        {
            hasMoved = true;
            _line.Serve(ref ended);
        }

        return hasMoved;
    }

    // Behind the gate: everything that may be foreign.
    private void Leave(EndedWaits ended, bool hasMoved)
    {
        if (hasMoved && ReadersLine is null)
        {
            _ring.WakeReader();
        }

        ended.Complete();
    }
}

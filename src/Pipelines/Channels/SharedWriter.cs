using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>A writer that any number of tasks may use at once, over a ring that by itself serves one.</summary>
/// <remarks>A lock makes the writers one writer. Cost: one uncontended lock an item, about 10 ns.</remarks>
[DebuggerDisplay("count={_ring.Count} closed={_ring.IsClosed}")]
internal sealed class SharedWriter<T> : ChannelWriter<T>
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly Lock _gate;
    private readonly WaitList _waiters;
    private readonly Action<Exception>? _failed;
    private readonly bool _staysInContext;

    // Under the gate: whether every write has to wait, whatever room there is.
    private bool _isHeld;

    /// <param name="ring">Where the items go.</param>
    /// <param name="end">How the channel ended.</param>
    /// <param name="gate">The ring's lock.</param>
    /// <param name="failed">If given, receives the error of <see cref="TryComplete"/>, and the ring stays open.</param>
    /// <param name="staysInContext">Whether a wait takes each of its steps where its caller awaits: inside a run, on the run's scheduler.</param>
    /// <param name="observer">If given, hears when a wait begins and when none goes on.</param>
    public SharedWriter(Ring<T> ring, ChannelEnd end, Lock gate, Action<Exception>? failed = null, bool staysInContext = false, ISleepObserver? observer = null)
    {
        _staysInContext = staysInContext;
        _failed = failed;
        _ring = ring;
        _end = end;
        _gate = gate;
        _waiters = new WaitList(gate, observer);
        ring.Writer = _waiters;
    }

    public override bool TryWrite(T item)
    {
        lock (_gate)
        {
            return !IsEnded && !_isHeld && _ring.TryWrite(item);
        }
    }

    public override bool TryComplete(Exception? error = null)
    {
        lock (_gate)
        {
            if (!_end.TryEnd(error))
            {
                return false;
            }

            if (error is null || _failed is null)
            {
                _ring.Close();
                Interlocked.MemoryBarrierProcessWide(); // as in RingWriter: pairs with a reader that is not under the lock
                if (_ring.IsDrained)
                {
                    _end.Finish();
                }
            }
        }

        _waiters.WakeAll();
        if (error is not null)
        {
            _failed?.Invoke(error);
        }

        return true;
    }

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        ValueTask<bool> wait;
        lock (_gate)
        {
            if (IsDecided(out bool open, out Exception? error))
            {
                return error is null ? new(open) : ValueTask.FromException<bool>(error);
            }

            wait = SleepAndLook(cancellationToken);
        }

        return AfterWakeAsync(wait);
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        return TryWrite(item) ? default : WriteWhenRoomAsync(item, cancellationToken);
    }

    /// <summary>Ends every write, now and later, with an exception.</summary>
    public void Break(Exception reason) => _waiters.Break(reason);

    /// <summary>From now on nothing is written: every write waits until <see cref="LetGo"/>.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
        }
    }

    /// <summary>Writes go on.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _isHeld = false;
        }

        _waiters.WakeAll();
    }

    // The wait may be cancelled, the write may not: so a cancelled call has delivered nothing.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteWhenRoomAsync(T item, CancellationToken cancellationToken)
    {
        bool open;
        do
        {
            try
            {
                open = await WaitToWriteAsync(cancellationToken).ConfigureAwait(_staysInContext);
            }
            catch (Exception error) when (ReferenceEquals(error, _end.Error))
            {
                open = false;
            }

            if (open && TryWrite(item))
            {
                return;
            }
        }
        while (open);

        throw _end.PastEnd();
    }

    // Woken is true, unless it was the end: whether the room is still there is for the caller's next attempt to find out, as with the in-box channels.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AfterWakeAsync(ValueTask<bool> wait)
    {
        await wait.ConfigureAwait(_staysInContext);
        lock (_gate)
        {
            if (!IsDecided(out bool open, out Exception? error))
            {
                return true;
            }

            if (error is not null)
            {
                ExceptionDispatchInfo.Throw(error);
            }

            return open;
        }
    }

    private ValueTask<bool> SleepAndLook(CancellationToken cancellationToken)
    {
        ValueTask<bool> wait = _waiters.Sleep(Wait.Room, cancellationToken);
        if (IsDecided(out _, out _))
        {
            _waiters.WakeAll();
        }

        return wait;
    }

    private bool IsEnded => _end.HasEnded || _ring.IsReaderGone || _waiters.Broken is not null;

    // Whether a wait has its answer: there is room, there never will be, or the end is an exception.
    private bool IsDecided(out bool open, out Exception? error)
    {
        open = false;
        error = _waiters.Broken;
        if (error is not null)
        {
            return true;
        }

        if (IsEnded)
        {
            error = _end.Error;
            return true;
        }

        open = _ring.HasRoom && !_isHeld;
        return open;
    }
}

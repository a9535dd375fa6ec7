using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>A reader that any number of tasks may use at once, over a ring that by itself serves one.</summary>
/// <remarks>
/// <para>A lock makes the readers one reader. Cost: one uncontended lock an item, about 10 ns.</para>
/// <para>It has three ends: the ring is drained (the normal end), the channel ended with an error behind the last item, or
/// <see cref="Break"/>, after which nothing is read any more, not even what is there.</para>
/// </remarks>
[DebuggerDisplay("count={Count}")]
internal sealed class SharedReader<T> : ChannelReader<T>
{
    private readonly Ring<T> _ring;
    private readonly ChannelEnd _end;
    private readonly Lock _gate;
    private readonly WaitList _waiters;
    private readonly bool _staysInContext;
    private readonly FlushList? _flushes;

    /// <param name="ring">Where the items come from.</param>
    /// <param name="end">How the channel ended.</param>
    /// <param name="gate">The ring's lock.</param>
    /// <param name="staysInContext">Whether a wait takes each of its steps where its caller awaits: inside a run, on the run's scheduler.</param>
    /// <param name="flushes">Who wants to hear how far the reading has come.</param>
    /// <param name="observer">If given, hears when a wait begins and when none goes on.</param>
    public SharedReader(
        Ring<T> ring, ChannelEnd end, Lock gate, bool staysInContext = false, FlushList? flushes = null, ISleepObserver? observer = null)
    {
        _flushes = flushes;
        _staysInContext = staysInContext;
        _ring = ring;
        _end = end;
        _gate = gate;
        _waiters = new WaitList(gate, observer);
        ring.Reader = _waiters;
    }

    public override bool CanCount => true;

    public override bool CanPeek => true;

    public override int Count => _ring.Count;

    public override Task Completion => _end.Completion;

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            if (_waiters.Broken is null && _ring.TryRead(out item))
            {
                _flushes?.Reached(_ring.Read);
                FinishIfDrained();
                return true;
            }
        }

        item = default;
        return false;
    }

    public override bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            item = default;
            return _waiters.Broken is null && _ring.TryPeek(out item);
        }
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
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

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        return TryRead(out T? item) ? new(item) : ReadWhenThereAsync(cancellationToken);
    }

    /// <summary>Ends every read, now and later, with an exception; what waits stays in the ring for its owner to count.</summary>
    public void Break(Exception reason) => _waiters.Break(reason);

    /// <summary>The end was decided elsewhere: waiting readers look again.</summary>
    public void LookAtEnd()
    {
        lock (_gate)
        {
            FinishIfDrained();
        }

        _waiters.WakeAll();
    }

    // The wait may be cancelled, the read may not: so a cancelled call has taken nothing.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> ReadWhenThereAsync(CancellationToken cancellationToken)
    {
        bool more;
        do
        {
            try
            {
                more = await WaitToReadAsync(cancellationToken).ConfigureAwait(_staysInContext);
            }
            catch (Exception error) when (ReferenceEquals(error, _end.Error))
            {
                more = false;
            }

            if (more && TryRead(out T? item))
            {
                return item;
            }
        }
        while (more);

        throw _end.PastEnd();
    }

    // Woken is true, unless it was the end: whether the item is still there is for the caller's next attempt to find out, as with the in-box channels.
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
        ValueTask<bool> wait = _waiters.Sleep(Wait.Input, cancellationToken);
        if (IsDecided(out _, out _))
        {
            _waiters.WakeAll();
        }

        return wait;
    }

    // Whether a wait has its answer: there is something to read, there never will be, or the end is an exception.
    private bool IsDecided(out bool more, out Exception? error)
    {
        more = false;
        error = _waiters.Broken;
        if (error is not null)
        {
            return true;
        }

        if (_ring.HasItems)
        {
            more = true;
            return true;
        }

        if (!_ring.IsDrained)
        {
            return false;
        }

        FinishIfDrained();
        error = _end.Error;
        return true;
    }

    private void FinishIfDrained()
    {
        if (_ring.IsDrained)
        {
            _end.TryEnd(null); // unless it was decided before the ring was closed
            _end.Finish();
        }
    }
}

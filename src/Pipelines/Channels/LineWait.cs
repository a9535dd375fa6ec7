using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>One wait in a <see cref="WaitLine"/>. How it ends is decided under the line's lock, once; it is told behind it.</summary>
/// <remarks>
/// Made for one wait and never used again: whatever is done with a value task that points here, too early, twice or too late, it is done to this object and
/// to no other
/// wait, of this channel or another. That costs an allocation a wait (not an item), and is why nothing is pooled.
/// </remarks>
internal abstract class LineWait(WaitLine line, bool transfers, Home? home) : Waiting
{
    private static readonly Action<object?, CancellationToken> s_cancel = static (wait, token) => ((LineWait)wait!).Line.Cancel((LineWait)wait, token);

    private CancellationTokenRegistration _registration;

    /// <summary>Whether an item is handed over with it, to a read or from a write; otherwise it only hears that there is something to read or room to
    /// write.</summary>
    public bool Transfers => transfers;

    /// <summary>Who is before it. The line's, under its lock.</summary>
    public LineWait? Previous { get; set; }

    /// <summary>Whether it is still undecided. The line's, under its lock.</summary>
    public bool IsInLine { get; set; }

    /// <summary>What it fails with, if it does. Under the lock.</summary>
    public Exception? Error { get; set; }

    protected Home? Home => home;

    private WaitLine Line => line;

    /// <summary>Under the lock, which is re-entrant: it may be cancelled at once, on this thread.</summary>
    public void Register(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            _registration = token.UnsafeRegister(s_cancel, this);
        }
    }

    // Not Dispose, which would wait for a call that has begun; that one finds the wait no longer in line.
    protected void Unregister() => _registration.Unregister();
}

/// <summary>One wait, as the source of its value task.</summary>
/// <typeparam name="T">What it yields: the item read, or the answer; for a write the item that is written.</typeparam>
internal sealed class LineWait<T>(WaitLine line, bool transfers, Home? home)
    : LineWait(line, transfers, home), IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isAwaited;

    /// <summary>What is handed over. Under the lock, until it has ended.</summary>
    public T? Value { get; set; }

    public short Version => _core.Version;

    public override void Complete()
    {
        Unregister();
        T value = Value!;
        Value = default; // whoever keeps the value task must not keep the item
        if (Error is { } error)
        {
            _core.SetException(error);
        }
        else
        {
            _core.SetResult(value);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    // Inside of a run even what awaits with ConfigureAwait(false), as ReadAllAsync does, goes on where it waited: on the run's scheduler.
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _core.GetStatus(token);
        Misuse.ThrowIf(Interlocked.Exchange(ref _isAwaited, true), "A value task of a channel is awaited once.");
        if (Home is not { } home)
        {
            _core.OnCompleted(continuation, state, token, flags);
        }
        else if (home.IsHere)
        {
            using (home.Enter())
            {
                _core.OnCompleted(continuation, state, token, flags | ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
            }
        }
        else
        {
            _core.OnCompleted(continuation, state, token, flags | ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
        }
    }

    public T GetResult(short token)
    {
        Misuse.ThrowIf(_core.GetStatus(token) == ValueTaskSourceStatus.Pending, "The wait has not ended: await it instead of asking for its result.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset(); // the value task is used up
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);
}

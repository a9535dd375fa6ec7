using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Pipelines.Channels;

/// <summary>How a channel ended, and its <see cref="Completion"/>: in one place, so that all ours say it as the in-box ones do.</summary>
/// <remarks>Open until the first <see cref="TryEnd"/>; then ended, for good, with or without an exception.</remarks>
internal sealed class ChannelEnd
{
    private static readonly object s_success = new();

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private object? _end;
    private volatile bool _isFailure;

    /// <summary>Finishes when the channel ended and the last item was read.</summary>
    public Task Completion => _completion.Task;

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>The exception that the writer ended with, if any.</summary>
    public Exception? Error => Volatile.Read(ref _end) as Exception;

    /// <summary>The status of a wait that the end has ended: as with the in-box channels, cancelled when the error is a cancellation.</summary>
    public ValueTaskSourceStatus Status => Error switch
    {
        null => ValueTaskSourceStatus.Succeeded,
        OperationCanceledException => ValueTaskSourceStatus.Canceled,
        _ => ValueTaskSourceStatus.Faulted,
    };

    /// <summary>Decides the end. False: it is decided already.</summary>
    public bool TryEnd(Exception? error) => Interlocked.CompareExchange(ref _end, error ?? s_success, null) is null;

    /// <summary>The same where an <see cref="OperationCanceledException"/> is a failure like any other: <see cref="Completion"/> shows it as one.</summary>
    public void TryFail(Exception error)
    {
        _isFailure = true;
        TryEnd(error);
    }

    /// <summary>All items are out: finishes <see cref="Completion"/>. Calls after the first change nothing.</summary>
    public void Finish() => Finish(Error);

    /// <summary>The reading was broken off: finishes <see cref="Completion"/> with that, whatever end had been decided and not been reached.</summary>
    public void Break(Exception reason)
    {
        TryEnd(reason);
        Finish(reason);
    }

    /// <summary>Throws the exception that the writer ended with, with its stack, if there is one.</summary>
    public void ThrowIfFailed()
    {
        if (Error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <summary>A read past the end.</summary>
    public ValueTask<T> ReadPastEnd<T>() => PastEnd() is var thrown && thrown is OperationCanceledException cancelled
        ? ValueTask.FromCanceled<T>(Cancelled(cancelled))
        : ValueTask.FromException<T>(thrown);

    /// <summary>A write past the end.</summary>
    public ValueTask WritePastEnd() => PastEnd() is var thrown && thrown is OperationCanceledException cancelled
        ? ValueTask.FromCanceled(Cancelled(cancelled))
        : ValueTask.FromException(thrown);

    // A cancelled task wants a cancelled token, and whoever wrote the exception need not have given one.
    private static CancellationToken Cancelled(OperationCanceledException error) =>
        error.CancellationToken.IsCancellationRequested ? error.CancellationToken : new CancellationToken(canceled: true);

    /// <summary>What a read or write past the end throws: the in-box channels' choice.</summary>
    public Exception PastEnd() => Error switch
    {
        null => new ChannelClosedException(),
        OperationCanceledException cancelled => cancelled,
        { } error => new ChannelClosedException(error),
    };

    private void Finish(Exception? outcome)
    {
        switch (outcome)
        {
            case null:
                _completion.TrySetResult();
                break;
            case OperationCanceledException cancelled when !_isFailure:
                _completion.TrySetCanceled(cancelled.CancellationToken);
                break;
            case { } error:
                if (_completion.TrySetException(error))
                {
                    // Whoever reads the channel meets the exception there; Completion is a second way to it, not a duty.
                    _ = _completion.Task.Exception;
                }

                break;
        }
    }
}

namespace Pipelines.Channels;

/// <summary>Who waits until the reader has taken everything up to a position. All of it under the ring's lock.</summary>
/// <remarks>Positions only grow, so the list is in order, and two that wait for the same position share a task: it never holds more than the ring does.</remarks>
internal sealed class FlushList
{
    private readonly Queue<(long Position, TaskCompletionSource Taken)> _waiting = [];
    private (long Position, Task Taken) _last;

    /// <summary>The position of the first that waits; kept apart, because every read compares with it.</summary>
    private long _next = long.MaxValue;

    public Task WhenTaken(long position)
    {
        if (_waiting.Count > 0 && _last.Position == position)
        {
            return _last.Taken;
        }

        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((position, taken));
        _last = (position, taken.Task);
        _next = Math.Min(_next, position);
        return taken.Task;
    }

    /// <summary>The reader has taken everything up to there.</summary>
    public void Reached(long position)
    {
        while (_next <= position)
        {
            _waiting.Dequeue().Taken.SetResult();
            _next = _waiting.TryPeek(out var next) ? next.Position : long.MaxValue;
        }
    }

    /// <summary>What is left will never be taken.</summary>
    public void Abandon(Exception reason)
    {
        _next = long.MaxValue;
        while (_waiting.TryDequeue(out var waiting))
        {
            waiting.Taken.SetException(reason);
            _ = waiting.Taken.Task.Exception; // whoever waits meets it; if nobody does any more, it is nobody's loss
        }
    }
}

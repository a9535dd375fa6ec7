namespace Pipelines.Channels;

/// <summary>Who waits until the reader has taken everything up to a position. All of it under the ring's lock; they are told behind it.</summary>
/// <remarks>Positions only grow, so the list is in order, and two that wait for the same position share a task: it never holds more than the ring
/// does.</remarks>
internal sealed class FlushList
{
    private readonly Queue<Flush> _waiting = [];
    private Flush? _last;

    /// <summary>The position of the first that waits; kept apart, because every read compares with it.</summary>
    private long _next = long.MaxValue;

    public Task WhenTaken(long position)
    {
        if (_waiting.Count > 0 && _last!.Position == position)
        {
            return _last.Taken;
        }

        _last = new Flush(position);
        _waiting.Enqueue(_last);
        _next = Math.Min(_next, position);
        return _last.Taken;
    }

    /// <summary>The reader has taken everything up to there.</summary>
    public void Reached(long position, ref EndedWaits ended)
    {
        while (_next <= position)
        {
            ended.Add(_waiting.Dequeue());
            _next = _waiting.TryPeek(out Flush? next) ? next.Position : long.MaxValue;
        }
    }

    /// <summary>What is left will never be taken.</summary>
    public void Abandon(Exception reason, ref EndedWaits ended)
    {
        _next = long.MaxValue;
        while (_waiting.TryDequeue(out Flush? waiting))
        {
            waiting.Error = reason;
            ended.Add(waiting);
        }
    }

    private sealed class Flush(long position) : Waiting
    {
        private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Position => position;

        public Task Taken => _taken.Task;

        public Exception? Error { get; set; }

        public override void Complete()
        {
            if (Error is null)
            {
                _taken.SetResult();
                return;
            }

            _taken.SetException(Error);
            _ = _taken.Task.Exception; // whoever waits meets it; if nobody does any more, it is nobody's loss
        }
    }
}

namespace Pipelines.Processes;

// What it does between two items.
internal sealed unsafe partial class MapLoop<TIn, TOut>
{
    // What it has not begun has been taken back. It goes on with what is sent from then on.
    private void Skip()
    {
        _results.Show(); // before the count says that those behind have ended too
        _parts.Forget();
        long to = Volatile.Read(ref _marks.TakenBackTo);
        if (_left > 0)
        {
            _begun += _left;
            _left = 0;
            _link.Requests.Take();
        }

        while (_begun < to && _link.Requests.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
        {
            _link.Requests.Take();
            _begun += kind == Frame.Item ? 1 : kind == Frame.Items ? RawItems<TIn>.Of(bytes).Length : 0;
        }

        if (_begun == to)
        {
            _link.Requests.Release();
            Volatile.Write(ref _marks.Ended, to);
            Interlocked.Exchange(ref _marks.Begun, to);
            _link.Notify();
        }
    }

    private void Keep(Frame kind, ReadOnlySpan<byte> part)
    {
        if (kind == Frame.Part)
        {
            _parts.Add(part);
        }
        else
        {
            _parts.Forget();
        }

        _link.Requests.Take();
        _link.Requests.Release();
        _link.Notify(); // for room for the next
    }

    private void Rest()
    {
        LookAtMemory(Stopwatch.GetTimestamp());
        _link.FallAsleep();
        if (!_link.IsToLeave && (_isFull || !_link.Requests.HasFrames))
        {
            _link.Sleep();
        }
        else
        {
            _link.StayAwake();
        }
    }

    // Between two items only, and behind what was shown: the parent finds nothing begun, and takes back the rest.
    private void LookAtMemory(long now)
    {
        if (_memoryLimit > 0 && now - _memoryLooked > s_betweenLooksAtMemory && !_isFull)
        {
            _memoryLooked = now;
            if (Environment.WorkingSet > _memoryLimit)
            {
                _isFull = true;
                Volatile.Write(ref _marks.State, (long)WorkerState.Full);
                _link.Notify();
            }
        }
    }
}

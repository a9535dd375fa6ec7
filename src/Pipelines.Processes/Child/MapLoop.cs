namespace Pipelines.Processes;

/// <summary>A worker process of a map stage: takes an item, applies the delegate, answers, one after the other.</summary>
/// <remarks>
/// Each answer is in the ring, and visible, before the next item is begun: a death loses nothing but the item it happened on. The parent is woken more
/// seldom: when there is nothing more to do, and otherwise every 20 us or so, by a look at the clock behind a number of items that follows their speed.
/// </remarks>
internal sealed class MapLoop<TIn, TOut> : IWorkerLoop
{
    private const int LongestGlance = 64;

    private static readonly long s_soon = Stopwatch.Frequency / 50_000;
    private static readonly long s_betweenLooksAtMemory = Stopwatch.Frequency / 20;

    private readonly ParentLink _link;
    private readonly Marks _marks;
    private readonly Codec<TIn> _input;
    private readonly Codec<TOut> _output;
    private readonly Func<TIn, TOut> _work;
    private readonly object? _resource;
    private readonly long _memoryLimit;
    private readonly PartBuffer _parts = new();
    private long _begun;
    private long _memoryLooked;

    public MapLoop(ParentLink link, long memoryLimit, Codec<TIn> input, Codec<TOut> output, Func<TIn, TOut> work, object? resource)
    {
        _link = link;
        _marks = link.Marks;
        _memoryLimit = memoryLimit;
        (_input, _output) = (input, output);
        (_work, _resource) = (work, resource);
    }

    public void Run()
    {
        Volatile.Write(ref _marks.State, (long)WorkerState.Ready);
        _link.Ring();
        Serve();
        Volatile.Write(ref _marks.State, (long)WorkerState.Leaving);
        WorkBinding.Dispose(_resource);
    }

    private void Serve()
    {
        long looked = Stopwatch.GetTimestamp();
        int glance = 1;
        int left = 1;
        while (!_link.IsToLeave)
        {
            if (!Next())
            {
                _link.Requests.Release();
                _link.Notify();
                Rest();
                looked = Stopwatch.GetTimestamp();
                (glance, left) = (1, 1);
                continue;
            }

            if (--left == 0)
            {
                long now = Stopwatch.GetTimestamp();
                if (now - looked >= s_soon)
                {
                    _link.Requests.Release();
                    _link.Notify();
                    LookAtMemory(now);
                    glance = now - looked > 4 * s_soon ? 1 : Math.Max(1, glance / 2);
                    looked = now;
                }
                else
                {
                    glance = Math.Min(2 * glance, LongestGlance);
                }

                left = glance;
            }
        }
    }

    // One item. False: there is none at the moment.
    private bool Next()
    {
        if (!_link.Requests.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        if (kind != Frame.Item)
        {
            Keep(kind, bytes);
            return true;
        }

        if (Volatile.Read(ref _marks.State) == (long)WorkerState.Full)
        {
            return false; // the parent takes it back
        }

        if (Interlocked.CompareExchange(ref _marks.Begun, _begun + 1, _begun) != _begun)
        {
            return Skip();
        }

        _begun++;
        Answer(bytes);
        _link.Requests.Take();
        Volatile.Write(ref _marks.Ended, _begun);
        return true;
    }

    private void Answer(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = _link.Answers.Reserve(64);
        var writer = new ItemWriter(room, _link.Scratch);
        try
        {
            var reader = new ItemReader(_parts.Whole(bytes));
            TIn item = _input.Read(ref reader);
            reader.End();
            TOut result = _work(item);
            _output.Write(ref writer, result);
        }
        catch (Exception error)
        {
            if (IsFatal(error))
            {
                Environment.FailFast("The memory of this worker process was touched where there is none.", error);
            }

            _link.Answer(Frame.Failure, WorkerFailure.ToBytes(error, _link.Scratch));
            return;
        }

        if (!writer.HasGrown)
        {
            _link.Answers.Commit(Frame.Item, writer.Length);
            _link.Answers.Publish();
        }
        else
        {
            _link.Answer(Frame.Item, writer.Written);
            _link.Scratch.Trim();
        }
    }

    // The framework throws these for accesses that would end any other process: what else was damaged nobody knows.
    private static bool IsFatal(Exception error) => error is AccessViolationException or SEHException;

    // What it has not begun has been taken back. It goes on with what is sent from then on.
    private bool Skip()
    {
        _parts.Forget();
        long to = Volatile.Read(ref _marks.TakenBackTo);
        while (_begun < to && _link.Requests.TryPeek(out Frame kind, out _))
        {
            _link.Requests.Take();
            _begun += kind == Frame.Item ? 1 : 0;
        }

        if (_begun == to)
        {
            _link.Requests.Release();
            Volatile.Write(ref _marks.Ended, to);
            Interlocked.Exchange(ref _marks.Begun, to);
            _link.Notify();
        }

        return true;
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
        bool isFull = Volatile.Read(ref _marks.State) == (long)WorkerState.Full;
        _link.FallAsleep();
        if (!_link.IsToLeave && (isFull || !_link.Requests.HasFrames))
        {
            _link.Sleep();
        }
        else
        {
            _link.StayAwake();
        }
    }

    // Between two items only: the parent finds nothing begun, and takes back the rest.
    private void LookAtMemory(long now)
    {
        if (_memoryLimit > 0 && now - _memoryLooked > s_betweenLooksAtMemory && Volatile.Read(ref _marks.State) == (long)WorkerState.Ready)
        {
            _memoryLooked = now;
            if (Environment.WorkingSet > _memoryLimit)
            {
                Volatile.Write(ref _marks.State, (long)WorkerState.Full);
                _link.Notify();
            }
        }
    }
}

namespace Pipelines.Processes;

/// <summary>A worker process of a map stage: takes an item, applies the delegate, answers, one after the other.</summary>
/// <remarks>
/// Each answer is in the ring before the next item is begun: a death loses nothing but the item it happened on. The parent is shown and told of them more
/// seldom: when there is nothing more to do, and otherwise every 20 us or so, by a look at the clock behind a number of items that follows their speed.
/// </remarks>
internal sealed unsafe partial class MapLoop<TIn, TOut> : IWorkerLoop
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
    private readonly bool _isRawInput;
    private readonly bool _isRawOutput;
    private ResultBatch<TOut> _results;

    // What is left of a frame of several items.
    private byte* _next;
    private int _left;
    private long _begun;
    private bool _isFull;
    private long _memoryLooked;

    public MapLoop(ParentLink link, long memoryLimit, Codec<TIn> input, Codec<TOut> output, Func<TIn, TOut> work, object? resource)
    {
        _link = link;
        _marks = link.Marks;
        _memoryLimit = memoryLimit;
        (_input, _output) = (input, output);
        (_work, _resource) = (work, resource);
        _isRawInput = RawItems<TIn>.AreCarriedBy(input);
        _isRawOutput = RawItems<TOut>.AreCarriedBy(output);
        _results = new(link);
    }

    public void Run()
    {
        Volatile.Write(ref _marks.State, (long)WorkerState.Ready);
        _link.Ring();
        Serve();
        _results.Show();
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
            int done = _left > 0 ? NextOfMany(left) : Next();
            if (done == 0)
            {
                Show();
                Rest();
                looked = Stopwatch.GetTimestamp();
                (glance, left) = (1, 1);
                continue;
            }

            left -= done;
            if (left <= 0)
            {
                long now = Stopwatch.GetTimestamp();
                if (now - looked >= s_soon)
                {
                    Show();
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

    private void Show()
    {
        _results.Show();
        _link.Requests.Release();
        _link.Notify();
    }

    // The next frame: an item, or several to begin with. How much was done; 0: there is nothing at the moment.
    private int Next()
    {
        if (!_link.Requests.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
        {
            return 0;
        }

        switch (kind)
        {
            case Frame.Items when _isRawInput:
                _next = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
                _left = RawItems<TIn>.Of(bytes).Length;
                return 1;
            case not Frame.Item:
                Keep(kind, bytes);
                return 1;
        }

        if (_isFull)
        {
            return 0; // the parent takes it back
        }

        if (!TryBegin())
        {
            Skip();
            return 1;
        }

        try
        {
            var reader = new ItemReader(_parts.Whole(bytes));
            TIn item = _input.Read(ref reader);
            reader.End();
            Answer(_work(item));
        }
        catch (Exception error)
        {
            Failed(error);
        }

        _link.Requests.Take();
        Volatile.Write(ref _marks.Ended, _begun);
        return 1;
    }

    // Some of several. At once fast: a process lives too briefly for it to be compiled step by step.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int NextOfMany(int most)
    {
        if (_isFull)
        {
            return 0; // the parent takes them back
        }

        int done = 0;
        most = Math.Min(most, _left);
        try
        {
            while (done < most && !_link.IsToLeave)
            {
                if (!TryBegin())
                {
                    Skip();
                    return done + 1;
                }

                TIn item = Unsafe.ReadUnaligned<TIn>(_next);
                _next += Unsafe.SizeOf<TIn>();
                _left--;
                done++;
                Answer(_work(item));
                Volatile.Write(ref _marks.Ended, _begun);
            }
        }
        catch (Exception error)
        {
            Failed(error);
            Volatile.Write(ref _marks.Ended, _begun);
        }

        if (_left == 0)
        {
            _link.Requests.Take();
        }

        return Math.Max(1, done);
    }

    // False: what was not begun has been taken back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryBegin()
    {
        if (Interlocked.CompareExchange(ref _marks.Begun, _begun + 1, _begun) != _begun)
        {
            return false;
        }

        _begun++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Answer(TOut result)
    {
        if (_isRawOutput)
        {
            _results.TryAdd(result);
        }
        else
        {
            AnswerInFrame(result);
        }
    }

    private void AnswerInFrame(TOut result)
    {
        var writer = new ItemWriter(_link.Answers.Reserve(64), _link.Scratch);
        _output.Write(ref writer, result);
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

    // The framework throws two of these for accesses that would end any other process: what else was damaged nobody knows.
    private void Failed(Exception error)
    {
        if (error is AccessViolationException or SEHException)
        {
            Environment.FailFast("The memory of this worker process was touched where there is none.", error);
        }

        _results.Show();
        _link.Answer(Frame.Failure, WorkerFailure.ToBytes(error, _link.Scratch));
    }
}

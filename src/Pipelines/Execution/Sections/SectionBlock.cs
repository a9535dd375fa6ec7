namespace Pipelines.Execution;

/// <summary>A block of a parallel section in one run: the sum of its copies, of which each worker has one.</summary>
/// <param name="run">The run.</param>
/// <param name="blueprint">The block's.</param>
/// <param name="section">The section's settings.</param>
internal sealed class SectionBlock(PipelineRun run, Blueprint blueprint, BlockOptions section) : BlockRun(run, blueprint)
{
    // Workers are made under the section's gate, one at a time; who reads takes the count first.
    private SectionCopy[] _copies = [];
    private int _count;

    // How many items that its policy leaves out wait for their turn.
    private long _putOff;

    public override int Parallelism => section.MostWorkers;

    /// <summary>The name that the section was given in its options.</summary>
    public string? SectionName => section.Name;


    public override bool IsOrdered => section.Ordered;

    public override WorkerThreads Threads => section.Threads;

    /// <summary>Whether its output is what has been passed on of the section's results, which is counted here.</summary>
    public bool IsLast { get; set; }

    /// <summary>Of the section's first block: how many items workers have taken and not begun.</summary>
    public Func<long>? InHand { get; set; }

    public override long FilteredInAll => Sum(static copy => Volatile.Read(ref copy.Filtered));

    public override long Held => base.Held + (InHand?.Invoke() ?? 0) + Volatile.Read(ref _putOff);

    /// <summary>How long workers have been in its code, by samples: see <see cref="SectionSampler"/>. Under the section's gate; read by any thread.</summary>
    public long Sampled;

    public override long Inside => Volatile.Read(ref Sampled);

    public override long OutOf(long taken, long held) => CountsOut && !IsLast
        ? Sum(static copy => Volatile.Read(ref copy.Counted))
        : IsLast ? Volatile.Read(ref Counted) : base.OutOf(taken, held);

    /// <summary>One more worker has one.</summary>
    public void Add(SectionCopy copy)
    {
        int count = _count;
        if (count == _copies.Length)
        {
            SectionCopy[] more = new SectionCopy[Math.Max(4, 2 * count)];
            _copies.CopyTo(more, 0);
            Volatile.Write(ref _copies, more);
        }

        _copies[count] = copy;
        Volatile.Write(ref _count, count + 1);
    }

    /// <summary>An item that its policy leaves out waits for its turn.</summary>
    public void PutOff() => Interlocked.Increment(ref _putOff);

    /// <summary>It has been counted as what has become of it.</summary>
    public void Settled() => Interlocked.Decrement(ref _putOff);

    private long Sum(Func<SectionCopy, long> part)
    {
        int count = Volatile.Read(ref _count);
        SectionCopy[] copies = Volatile.Read(ref _copies);
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += part(copies[i]);
        }

        return sum;
    }
}

/// <summary>One worker's copy of a block. What it counts item by item is its own; what is lost is counted, named and handed back as the block's.</summary>
internal sealed class SectionCopy : BlockRun
{
    private readonly SectionBlock _main;
    private readonly ISectionWorker _worker;

    public SectionCopy(SectionBlock main, ISectionWorker worker)
        : base(main.Run, main.Blueprint)
    {
        _main = main;
        _worker = worker;
        LoseFor(main);
    }

    public override BlockRun Original => _main;

    /// <summary>The block among a worker's copies whose code executes, if that can be seen. Any thread.</summary>
    public static BlockRun? InCodeOf(SectionCopy[] copies)
    {
        foreach (SectionCopy copy in copies)
        {
            if (copy.IsInCode || copy.Caller is { IsInside: true })
            {
                return copy.Original;
            }
        }

        return null;
    }

    /// <summary>Something was thrown out of a chain of copies. False: none of their delegates has been called and has not returned.</summary>
    public static bool TryCatch(SectionCopy[] copies, Exception error)
    {
        foreach (SectionCopy copy in copies)
        {
            if (copy.Caller is { IsInside: true } caller)
            {
                copy.Caught(caller.Item, error);
                return true;
            }
        }

        return false;
    }

    // It takes effect behind what comes of the items before it, which the worker sees to.
    public override void Caught(object? item, Exception error)
    {
        if (error is OperationCanceledException && Run.IsAborting)
        {
            Undeliver(item);
        }
        else
        {
            _worker.Failed(new FailedItem(item, error, _main));
        }
    }

    // Ordered, a letter is no result, but goes on in its turn like one.
    public override bool TryPutOff(object? item, Exception error)
    {
        if (OnError.Stops || (error is OperationCanceledException && Run.IsAborting) || !_worker.TryPutOff(new FailedItem(item, error, _main)))
        {
            return false;
        }

        return true;
    }

    public override void Refused(object? item, Exception error, Exception refusal) => _worker.Failed(new FailedItem(item, error, _main, refusal));
}

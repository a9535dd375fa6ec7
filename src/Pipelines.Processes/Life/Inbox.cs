using System.Globalization;
using Pipelines.Execution;

namespace Pipelines.Processes;

/// <summary>Takes in what one worker's process has answered, and publishes it in runs of places that follow each other.</summary>
internal sealed class Inbox<TIn, TOut>(PoolIsland<TIn, TOut> pool, Leases<TIn> leases, Stage stage, Crashes crashes)
{
    private const int MostResults = 512;

    private readonly Codec<TOut> _codec = stage.OutputCodec<TOut>();
    private readonly PartBuffer _parts = new();
    private TOut[] _results = [];
    private readonly bool _isRaw = RawItems<TOut>.AreCarriedBy(stage.OutputCodec<TOut>());
    private int _count;
    private long _place;

    // Of the frame that the process has not shown, so many results were taken already.
    private int _takenUnshown;

    /// <summary>Another process takes the place of the last one.</summary>
    public void Reset()
    {
        _parts.Forget();
        _takenUnshown = 0;
    }

    /// <summary>Takes in all there is.</summary>
    /// <param name="child">The process.</param>
    /// <param name="hasBaton">Set if the pool's baton came with what was published.</param>
    /// <param name="answered">How many items were answered.</param>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="InvalidDataException">The ring is damaged. What was answered before is published.</exception>
    /// <exception cref="WorkerException">Something threw over there that was not about an item.</exception>
    public bool TakeIn(ChildProcess child, ref bool hasBaton, out int answered)
    {
        bool any = false;
        answered = 0;
        try
        {
            while (child.Answers.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
            {
                any = true;
                switch (kind)
                {
                    case Frame.Part:
                        _parts.Add(bytes);
                        break;
                    case Frame.Item or Frame.Failure when leases.Sent > 0:
                        TakeIn(kind, _parts.Whole(bytes), ref hasBaton);
                        answered++;
                        break;
                    case Frame.Items when _isRaw:
                        hasBaton |= Publish();
                        ReadOnlySpan<TOut> results = RawItems<TOut>.Of(bytes);
                        answered += TakeIn(results[Math.Min(_takenUnshown, results.Length)..], ref hasBaton);
                        _takenUnshown = 0;
                        break;
                    case Frame.Broken:
                        throw WorkerFailure.FromBytes(bytes);
                    default:
                        throw new InvalidDataException("A worker process has answered what it was not asked.");
                }

                child.Answers.Take();
            }
        }
        finally
        {
            hasBaton |= Publish();
        }

        if (any)
        {
            child.Answers.Release();
            child.Wake(); // it may wait for room
        }

        return any;
    }

    /// <summary>Takes in what the process has put down and not shown: it is gone, or at work on something that takes long.</summary>
    /// <param name="child">The process; all that it has shown is taken in.</param>
    /// <param name="hasBaton">Set if the pool's baton came with what was published.</param>
    /// <returns>How many items were answered.</returns>
    /// <exception cref="InvalidDataException">The ring is damaged.</exception>
    public int TakeUnshown(ChildProcess child, ref bool hasBaton)
    {
        if (!_isRaw || child.Answers.HasFrames)
        {
            return 0;
        }

        int count = (int)Math.Clamp(Volatile.Read(ref child.Marks.Ended) - leases.FirstNumber, 0, leases.Sent);
        if (count == 0)
        {
            return 0;
        }

        TOut[] results = RawItems<TOut>.Of(child.Answers.Unshown((_takenUnshown + count) * Unsafe.SizeOf<TOut>()))[_takenUnshown..].ToArray();
        if (child.Answers.HasFrames)
        {
            return 0; // it has shown them meanwhile, and the count may be that of the frame behind it
        }

        _takenUnshown += count;
        return TakeIn(results, ref hasBaton);
    }

    /// <summary>Publishes a failure behind all that came before it.</summary>
    public void Fail(Leases<TIn>.Lease lease, Exception error, ref bool hasBaton)
    {
        hasBaton |= Publish();
        hasBaton |= pool.PublishFailure(lease.Place, lease.Item, error);
    }

    /// <summary>A worker has died on an item, or was killed because it took too long: it is begun again, or fails.</summary>
    public void Blame(Leases<TIn>.Lease item, WorkerExit exit, TimeSpan? exceeded, ref bool hasBaton)
    {
        if (exceeded is { } limit)
        {
            string late = string.Create(CultureInfo.InvariantCulture, $"{stage.Name} took longer than its limit of {limit} for an item.");
            Fail(item, new TimeoutException($"{late} Its worker process was killed."), ref hasBaton);
            return;
        }

        int attempts = crashes.On(item.Place);
        if (attempts < stage.Options.Attempts)
        {
            pool.Return(item.Place, [item.Item]);
            return;
        }

        string times = attempts == 1 ? "a worker process" : $"{attempts} worker processes, one after the other,";
        Fail(item, new WorkerCrashedException($"{stage.Name}: {times} died on this item", exit, attempts), ref hasBaton);
    }

    // Straight from the ring into their places.
    private int TakeIn(ReadOnlySpan<TOut> results, ref bool hasBaton)
    {
        if (results.Length > leases.Sent)
        {
            throw new InvalidDataException("A worker process has answered what it was not asked.");
        }

        int answered = results.Length;
        while (!results.IsEmpty)
        {
            int count = leases.TakeRun(results.Length, out long place);
            for (int i = 0; crashes.HasAny && i < count; i++)
            {
                crashes.Forget(place + i);
            }

            hasBaton |= pool.Publish(place, results[..count]);
            results = results[count..];
        }

        return answered;
    }

    private void TakeIn(Frame kind, ReadOnlySpan<byte> bytes, ref bool hasBaton)
    {
        Leases<TIn>.Lease lease = leases.TakeFirst();
        crashes.Forget(lease.Place);
        if (kind == Frame.Failure)
        {
            Fail(lease, WorkerFailure.FromBytes(bytes), ref hasBaton);
            return;
        }

        TOut result;
        try
        {
            var reader = new ItemReader(bytes);
            result = _codec.Read(ref reader);
            reader.End();
        }
        catch (Exception error)
        {
            Fail(lease, error, ref hasBaton);
            return;
        }

        if (_count == MostResults || lease.Place != _place + _count)
        {
            hasBaton |= Publish();
            _place = lease.Place;
        }

        if (_count == _results.Length)
        {
            Array.Resize(ref _results, Math.Max(16, 2 * _results.Length));
        }

        _results[_count++] = result;
    }

    private bool Publish()
    {
        int count = _count;
        long place = _place;
        (_count, _place) = (0, -1);
        bool hasBaton = pool.Publish(place, _results.AsSpan(0, count));
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TOut>())
        {
            _results.AsSpan(0, count).Clear();
        }

        return hasBaton;
    }
}

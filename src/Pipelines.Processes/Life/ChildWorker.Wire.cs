namespace Pipelines.Processes;

// What goes over the wire, and comes back.
internal sealed partial class ChildWorker<TIn, TOut>
{
    private readonly PartBuffer _parts = new();
    private TOut[] _results = [];
    private int _resultCount;
    private long _resultPlace;

    // An item that is too large for one frame, as bytes, and how much of it has been sent.
    private ReadOnlyMemory<byte> _large;

    // Takes in what has been answered, and publishes it. Whether there was anything.
    private bool TakeIn(ChildProcess child, ref bool hasBaton)
    {
        int answered = 0;
        bool any = false;
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
                    case Frame.Item or Frame.Failure when _leases.Sent > 0:
                        Answered(kind, bytes, ref hasBaton);
                        answered++;
                        break;
                    case Frame.Broken:
                        throw WorkerFailure.FromBytes(bytes);
                    default:
                        throw new InvalidDataException("A worker process has answered what it was not asked.");
                }

                child.Answers.Take();
            }
        }
        catch (InvalidDataException damaged)
        {
            Pool.Head.Note(damaged);
            _doom = Doom.Damaged;
            child.Kill();
        }
        finally
        {
            hasBaton |= PublishResults();
        }

        if (any && _doom != Doom.Damaged)
        {
            child.Answers.Release();
            child.Wake(); // it may wait for room
        }

        if (answered > 0)
        {
            _deathsInStart = 0;
            Volatile.Write(ref _answered, _answered + answered);
            _pace.Answered(answered, _run.Edge.Timestamp());
        }

        return any;
    }

    private void Answered(Frame kind, ReadOnlySpan<byte> bytes, ref bool hasBaton)
    {
        ReadOnlySpan<byte> whole = _parts.Whole(bytes);
        Leases<TIn>.Lease lease = _leases.TakeFirst();
        _crashes.Forget(lease.Place);
        if (kind == Frame.Failure)
        {
            Fail(lease, WorkerFailure.FromBytes(whole), ref hasBaton);
            return;
        }

        TOut result;
        try
        {
            var reader = new ItemReader(whole);
            result = _output.Read(ref reader);
            reader.End();
        }
        catch (Exception error)
        {
            Fail(lease, error, ref hasBaton);
            return;
        }

        if (_resultCount > 0 && lease.Place != _resultPlace + _resultCount)
        {
            hasBaton |= PublishResults();
        }

        if (_resultCount == _results.Length)
        {
            Array.Resize(ref _results, Math.Max(16, 2 * _results.Length));
        }

        if (_resultCount == 0)
        {
            _resultPlace = lease.Place;
        }

        _results[_resultCount++] = result;
        if (_resultCount == MostResults)
        {
            hasBaton |= PublishResults();
        }
    }

    private bool PublishResults()
    {
        int count = _resultCount;
        _resultCount = 0;
        bool hasBaton = Pool.Publish(_resultPlace, _results.AsSpan(0, count));
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TOut>())
        {
            _results.AsSpan(0, count).Clear();
        }

        return hasBaton;
    }

    private void Fail(Leases<TIn>.Lease lease, Exception error, ref bool hasBaton)
    {
        hasBaton |= PublishResults();
        hasBaton |= Pool.PublishFailure(lease.Place, lease.Item, error);
    }

    // Claims and sends, as much as it is to have in hand and there is room for. Whether it was anything.
    private bool Send(ChildProcess child, ref bool hasBaton)
    {
        if (_isTakenBack && !IsFreeAgain(child))
        {
            return false;
        }

        bool any = false;
        while (SendLeased(child, ref any, ref hasBaton) && child.State == WorkerState.Ready && MayStillSend > 0)
        {
            int count = Pool.ClaimMore(this);
            if (count <= 0)
            {
                break;
            }

            Lease(count);
        }

        if (any)
        {
            child.Wake();
        }

        return any;
    }

    // False: there is no room for all of it.
    private bool SendLeased(ChildProcess child, ref bool any, ref bool hasBaton)
    {
        bool hasRoom = !_isForgetDue || child.Requests.TryWrite(Frame.Forget, []);
        _isForgetDue &= !hasRoom;
        while (hasRoom && _leases.Sent < _leases.Count)
        {
            try
            {
                hasRoom = _large.IsEmpty ? TrySend(child.Requests, _leases[_leases.Sent].Item) : TrySendLarge(child.Requests);
            }
            catch (Exception error) when (error is not InvalidDataException)
            {
                hasBaton |= Pool.PublishFailure(_leases[_leases.Sent].Place, _leases[_leases.Sent].Item, error);
                _leases.RemoveAt(_leases.Sent);
                any = true;
                continue;
            }

            if (hasRoom)
            {
                _leases.Sent++;
            }
        }

        any |= child.Requests.Publish();
        return hasRoom;
    }

    private bool TrySend(ByteRing ring, TIn item)
    {
        Span<byte> room = ring.Reserve(64);
        if (room.IsEmpty)
        {
            return false;
        }

        var writer = new ItemWriter(room, _scratch);
        _input.Write(ref writer, item);
        if (!writer.HasGrown)
        {
            ring.Commit(Frame.Item, writer.Length);
            return true;
        }

        if (writer.Length <= ring.LongestFrame)
        {
            return ring.TryWrite(Frame.Item, writer.Written);
        }

        _large = writer.Written.ToArray();
        _scratch.Trim();
        return TrySendLarge(ring);
    }

    private bool TrySendLarge(ByteRing ring)
    {
        while (_large.Length > ring.LongestFrame)
        {
            if (!ring.TryWrite(Frame.Part, _large.Span[..ring.LongestFrame]))
            {
                return false;
            }

            _large = _large[ring.LongestFrame..];
        }

        if (!ring.TryWrite(Frame.Item, _large.Span))
        {
            return false;
        }

        _large = default;
        return true;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Hosting;

/// <summary>An inbox in memory: a bounded channel that outlives the runs that read it.</summary>
/// <remarks>
/// <para>States: open; refusing (its pipeline has failed or ended, and may be started again by hand: nothing is accepted, what was stays); closed (for good:
/// the stream ends behind what was accepted). Moved between them under a lock, by the supervisor and by who stops the host. Who adds looks at the state
/// first and writes then: an item that slips in behind a refusal is accepted all the same, and is read or reported like the others. Behind a close the
/// channel itself refuses.</para>
/// <para>Who waits for room when it begins to refuse is told by the token of that period, and goes away without his item having been accepted: a write
/// that was cancelled has delivered nothing.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "Its lease is disposed by Close, and the token source has neither timer nor wait handle.")]
internal sealed class MemoryInbox<T> : PipelineInbox<T>, IInbox
{
    private readonly string _pipeline;
    private readonly Pipe<T> _pipe;
    private readonly PipeWriter<T> _writer;
    private readonly InboxReader<T> _reader;
    private readonly Lock _gate = new();
    private CancellationTokenSource _refusal = new();
    private volatile bool _isOpen = true;
    private volatile bool _isClosed;
    private long _refused;
    private long _left;

    public MemoryInbox(string pipeline, int capacity)
    {
        _pipeline = pipeline;
        _pipe = new Pipe<T>(capacity);
        _writer = _pipe.OpenWriter();
        _reader = new InboxReader<T>(_pipe.Reader);
    }

    public override int Capacity => _pipe.Capacity;

    public override int Count => _reader.Count;

    public override bool IsOpen => _isOpen;

    /// <summary>What a run reads.</summary>
    public ChannelReader<T> Reader => _reader;

    public Task Drained => _reader.Completion;

    public override bool TryAdd(T item)
    {
        if (_isOpen && _writer.TryWrite(item))
        {
            return true;
        }

        Interlocked.Increment(ref _refused);
        return false;
    }

    public override ValueTask AddAsync(T item, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        return _isOpen && _writer.TryWrite(item) ? default : WaitAsync(item, cancellationToken);
    }

    private async ValueTask WaitAsync(T item, CancellationToken cancellationToken)
    {
        CancellationToken refusal = Volatile.Read(ref _refusal).Token;
        try
        {
            // The token first and the state then: a refusal that comes in between cancels the one that was read.
            if (!_isOpen)
            {
                throw new ChannelClosedException();
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(refusal, cancellationToken);
            await _writer.WriteAsync(item, either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            Interlocked.Increment(ref _refused);
            if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            throw new ChannelClosedException(
                $"The inbox of the pipeline '{_pipeline}' accepts nothing: " +
                (_isClosed ? "the host stops." : "its pipeline has ended. IPipelineHost says how, and starts it again."));
        }
    }

    public InboxReport Report() => new(Count, Capacity, _reader.Taken + _pipe.Reader.Count + Volatile.Read(ref _left), Volatile.Read(ref _refused), _isOpen);

    public object Input() => new PipelineInput<T>(Pipelines.Pipeline.From(_reader, new() { Name = InboxServices.BlockName }));

    public void Refuse()
    {
        lock (_gate)
        {
            _isOpen = false;
        }

        _ = Volatile.Read(ref _refusal).CancelAsync(); // who waits goes on elsewhere
    }

    public void Open()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            if (_refusal.IsCancellationRequested)
            {
                Volatile.Write(ref _refusal, new());
            }

            _isOpen = true;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _isOpen = false;
        }

        _writer.Dispose(); // the only lease: the stream ends behind what was written, and who waits for room is refused
    }

    /// <summary>Puts items in front, for the next run. Returns how many.</summary>
    public int PutBack(IEnumerable<T>? items)
    {
        int count = 0;
        foreach (T item in items ?? [])
        {
            _reader.PutBack(item);
            count++;
        }

        return count;
    }

    public IEnumerable<object?> TakeRest()
    {
        List<object?> rest = [];
        while (_reader.PutBackCount > 0 && _reader.TryRead(out T? item))
        {
            rest.Add(item);
        }

        IReadOnlyList<T> left = _pipe.Abandon();
        Volatile.Write(ref _left, _left + left.Count);
        rest.AddRange(left.Cast<object?>());
        return rest;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Processes;

/// <summary>A worker process of one whole block: what comes over the wire is read from a channel, and what is written to another goes back.</summary>
/// <remarks>
/// Three threads: this one takes in items, one sends results, and one sleeps at the control pipe for both. The user's code runs on the thread pool. The end of
/// the input is a frame, and so is the code's own end: neither is ever guessed from a silence.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "It ends with the process.")]
internal sealed class StreamLoop<TIn, TOut> : IWorkerLoop
{
    private const int Capacity = 1024;

    private readonly ParentLink _link;
    private readonly Codec<TIn> _input;
    private readonly Codec<TOut>? _output;
    private readonly Delegate _work;
    private readonly RingChannel<TIn> _items = new(Capacity);
    private readonly Channel<TOut> _results = Channel.CreateBounded<TOut>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly AutoResetEvent _newsForInput = new(false);
    private readonly AutoResetEvent _newsForOutput = new(false);
    private readonly PartBuffer _parts = new();
    private volatile bool _hasReturned;

    public StreamLoop(ParentLink link, Codec<TIn> input, Codec<TOut>? output, Delegate work)
    {
        _link = link;
        (_input, _output) = (input, output);
        _work = work;
    }

    public void Run()
    {
        Volatile.Write(ref _link.Marks.State, (long)WorkerState.Ready);
        _link.Ring();
        new Thread(WatchDoor, 128 << 10) { IsBackground = true, Name = "control" }.Start();
        Task<Exception?> code = Task.Run(CallAsync);
        var sender = new Thread(() => SendResults(code), 256 << 10) { IsBackground = true, Name = "results" };
        sender.Start();
        try
        {
            TakeInItems();
        }
        catch (Exception error)
        {
            _items.Writer.TryComplete(error); // the code's to hear
        }

        sender.Join();
        Volatile.Write(ref _link.Marks.State, (long)WorkerState.Leaving);
    }

    private async Task<Exception?> CallAsync()
    {
        Exception? thrown = null;
        try
        {
            await (_work switch
            {
                Func<ChannelReader<TIn>, CancellationToken, Task> consume => consume(_items.Reader, _link.Token),
                Func<ChannelReader<TIn>, ChannelWriter<TOut>, CancellationToken, Task> transform => transform(_items.Reader, _results.Writer, _link.Token),
                _ => throw new NotSupportedException($"A {_work.GetType()} cannot be called for a whole block."),
            });
        }
        catch (Exception error)
        {
            thrown = error;
        }

        _hasReturned = true;
        _results.Writer.TryComplete();
        _newsForInput.Set();
        return thrown;
    }

    // The only one who reads there; both others may wait at once, and each looks again whom it was for.
    private void WatchDoor()
    {
        while (true)
        {
            _link.Sleep();
            _newsForInput.Set();
            _newsForOutput.Set();
        }
    }

    private void TakeInItems()
    {
        while (!_hasReturned)
        {
            if (_link.Requests.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes))
            {
                if (kind == Frame.End)
                {
                    break;
                }

                if (kind == Frame.Part)
                {
                    _parts.Add(bytes);
                }
                else
                {
                    var reader = new ItemReader(_parts.Whole(bytes));
                    TIn item = _input.Read(ref reader);
                    reader.End();
                    Add(item);
                }

                _link.Requests.Take();
                continue;
            }

            _link.Requests.Release();
            _link.Notify();
            if (_link.IsToLeave)
            {
                break;
            }

            _link.FallAsleep();
            if (!_link.Requests.HasFrames && !_link.IsToLeave && !_hasReturned)
            {
                _newsForInput.WaitOne();
            }
        }

        _items.Writer.TryComplete(_link.IsToLeave ? new OperationCanceledException(_link.Token) : null);
    }

    private void Add(TIn item)
    {
        if (_items.Writer.TryWrite(item))
        {
            return;
        }

        _link.Requests.Release();
        _link.Notify();
        while (!_hasReturned && !_items.Writer.TryWrite(item))
        {
            Task<bool> room = _items.Writer.WaitToWriteAsync().AsTask();
            while (!room.IsCompleted && !_hasReturned)
            {
                // Whoever returns without taking everything makes no room, but rings.
                WaitHandle.WaitAny([((IAsyncResult)room).AsyncWaitHandle, _newsForInput]);
            }
        }
    }

    private void SendResults(Task<Exception?> code)
    {
        try
        {
            SendAll();
        }
        catch (Exception error)
        {
            _results.Writer.TryComplete(error);
            code = Task.FromResult<Exception?>(error); // one that cannot be sent ends the block, whatever its code does
            _hasReturned = true;
            _newsForInput.Set();
        }

        Exception? thrown = code.GetAwaiter().GetResult();
        if (thrown is null)
        {
            Answer(Frame.End, []);
        }
        else
        {
            Answer(Frame.Broken, WorkerFailure.ToBytes(thrown, _link.Scratch));
        }

        _link.Ring();
    }

    private void SendAll()
    {
        while (_results.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            int sent = 0;
            while (_results.Reader.TryRead(out TOut? result))
            {
                var writer = new ItemWriter([], _link.Scratch);
                _output!.Write(ref writer, result);
                Answer(Frame.Item, writer.Written);
                if (++sent % 64 == 0)
                {
                    _link.Notify();
                }
            }

            _link.Notify();
        }
    }

    private void Answer(Frame kind, ReadOnlySpan<byte> bytes) => _link.Answer(kind, bytes, _newsForOutput);
}

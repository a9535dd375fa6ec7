using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>Reads several sequences at once and writes their items one after the other: for <c>SelectMany</c> and <c>SelectManyAsync</c> with a
/// parallelism.</summary>
/// <remarks>
/// Ordered, a sequence is begun early and read into a buffer of its own, and the buffers are emptied in input order: so the results and the first
/// failure come where they would with one at a time. Unordered, as many tasks as asked for each read a sequence into the output.
/// </remarks>
internal sealed class FlattenSeveral<T, U>(Func<T, CancellationToken, IAsyncEnumerable<U>> select, BlockOptions options)
{
    public static Blueprint<U> Block(Blueprint<T> upstream, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, BlockOptions options, string name) =>
        new Transform<T, U>(upstream, new FlattenSeveral<T, U>(selector, options).RunAsync, name, options: options);

    /// <summary>Synchronous sequences, each of which leaves the task that begins it, or they would be enumerated one after the other.</summary>
    public static Func<T, CancellationToken, IAsyncEnumerable<U>> OfSequences(Func<T, IEnumerable<U>> selector, string name) =>
        (item, token) => new Synchronous(() => Returned.NotNull(selector(item), name, "a sequence"), token);

    private async Task RunAsync(ChannelReader<T> reader, ChannelWriter<U> writer, WriterBlockRun block, CancellationToken token)
    {
        Func<T, CancellationToken, IAsyncEnumerable<U>> selector = Delegates.Sequences(select, block);
        await (options.Ordered ? InOrderAsync(selector, reader, writer, block, token) : AsTheyComeAsync(selector, reader, writer, block, token));
    }

    private async Task AsTheyComeAsync(
        Func<T, CancellationToken, IAsyncEnumerable<U>> selector, ChannelReader<T> reader, ChannelWriter<U> writer, WriterBlockRun block,
        CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var workers = new Task[options.Parallelism];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = WorkAsync();
        }

        await Task.WhenAll(workers);

        async Task WorkAsync()
        {
            while (await reader.WaitToReadAsync(end.Token))
            {
                if (TryTake(reader, block, out T? item))
                {
                    bool goesOn = await FlattenAsync(item, () => selector(item, end.Token), writer, block, end.Token);
                    Done(block);
                    if (!goesOn)
                    {
                        end.Cancel(); // the others need not wait for it; not CancelAsync, which leaves the run's scheduler
                        return;
                    }
                }
            }
        }
    }

    private async Task InOrderAsync(
        Func<T, CancellationToken, IAsyncEnumerable<U>> selector, ChannelReader<T> reader, ChannelWriter<U> writer, WriterBlockRun block,
        CancellationToken token)
    {
        // One is being emptied, so that many more are begun.
        var begun = new Handover<Ahead>(options.Parallelism - 1);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task beginning = BeginAsync();
        Ahead? current = null;
        try
        {
            while (await begun.Reader.WaitToReadAsync(end.Token) && begun.Reader.TryRead(out current))
            {
                ChannelReader<U> items = current.Items;
                if (!await FlattenAsync(current.Item, () => ReadAsync(items, end.Token), writer, block, end.Token))
                {
                    break;
                }

                Done(block);
            }
        }
        finally
        {
            end.Cancel();
            await beginning;
            await (current?.EndAsync(block) ?? Task.CompletedTask);
            await LeaveAsync();
        }

        // Lets nothing out but the end of its input: a sequence's failure is its buffer's end.
        async Task BeginAsync()
        {
            try
            {
                while (await reader.WaitToReadAsync(end.Token) && await begun.Writer.WaitToWriteAsync(end.Token))
                {
                    if (TryTake(reader, block, out T? item))
                    {
                        begun.Writer.TryWrite(new Ahead(item, selector, Math.Max(1, (options.Capacity ?? block.Run.Options.Capacity) / options.Parallelism), block, end.Token));
                    }
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Told to end.
            }

            begun.Writer.TryComplete();
        }

        // What was begun and not emptied: its item has not got through, and what had come of it is given back.
        async Task LeaveAsync()
        {
            while (begun.Reader.TryRead(out Ahead? ahead))
            {
                block.Undeliver(ahead.Item);
                await ahead.EndAsync(block);
            }
        }
    }

    private static bool TryTake(ChannelReader<T> reader, WriterBlockRun block, [MaybeNullWhen(false)] out T item)
    {
        block.Run.Stirred(); // before it is taken: from here on until it is done with, this executes, whoever of its siblings waits
        if (reader.TryRead(out item))
        {
            return true;
        }

        Done(block);
        return false;
    }

    private static void Done(WriterBlockRun block)
    {
        block.Run.Rested();
    }

    // The channels' own ReadAllAsync leaves the run's scheduler.
    private static async IAsyncEnumerable<U> ReadAsync(ChannelReader<U> reader, [EnumeratorCancellation] CancellationToken token)
    {
        while (await reader.WaitToReadAsync(token))
        {
            while (reader.TryRead(out U? item))
            {
                yield return item;
            }
        }
    }

    // False: the block takes no more items.
    private static async Task<bool> FlattenAsync(
        T item, Func<IAsyncEnumerable<U>> begin, ChannelWriter<U> writer, WriterBlockRun block, CancellationToken token)
    {
        try
        {
            return await EnumerateAsync(
                begin(), result => writer.TryWrite(result) ? new ValueTask<bool>(true) : new(WriteAsync(result)), later => block.NoteLater(item, later), token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            block.Undeliver(item); // in its middle: as a whole it has not got through
            return false;
        }
        catch (Exception error)
        {
            return await block.CaughtAsync(item, error);
        }

        async Task<bool> WriteAsync(U result)
        {
            try
            {
                while (await writer.WaitToWriteAsync(token))
                {
                    if (writer.TryWrite(result))
                    {
                        return true;
                    }
                }
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                block.Undeliver(item);
            }

            block.Undeliver(result);
            return false;
        }
    }

    // To its end, or as long as its items are taken. What it throws first comes out, and what closing it throws behind that is told.
    private static async Task<bool> EnumerateAsync(IAsyncEnumerable<U> sequence, Func<U, ValueTask<bool>> take, Action<Exception> later, CancellationToken token)
    {
        IAsyncEnumerator<U> items = sequence.GetAsyncEnumerator(token);
        bool isRead = false;
        try
        {
            while (await items.MoveNextAsync())
            {
                if (!await take(items.Current))
                {
                    return false;
                }
            }

            return isRead = true;
        }
        finally
        {
            try
            {
                await items.DisposeAsync();
            }
            catch (Exception error) when (!isRead)
            {
                later(error);
            }
        }
    }

    /// <summary>A sequence that leaves the task which begins it.</summary>
    private sealed class Synchronous(Func<IEnumerable<U>> begin, CancellationToken token) : IAsyncEnumerable<U>, IAsyncEnumerator<U>
    {
        private IEnumerator<U>? _items;

        public U Current => _items!.Current;

        public IAsyncEnumerator<U> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync()
        {
            if (_items is null)
            {
                return BeginAsync();
            }

            token.ThrowIfCancellationRequested();
            return new(_items.MoveNext());
        }

        public ValueTask DisposeAsync()
        {
            _items?.Dispose();
            return default;
        }

        private async ValueTask<bool> BeginAsync()
        {
            await Task.Yield();
            _items = begin().GetEnumerator();
            return _items.MoveNext();
        }
    }

    /// <summary>A sequence that is read ahead of its turn, as far as its buffer goes.</summary>
    private sealed class Ahead
    {
        private readonly Handover<U> _items;
        private readonly CancellationToken _token;
        private readonly Task _reading;

        public Ahead(T item, Func<T, CancellationToken, IAsyncEnumerable<U>> selector, int capacity, BlockRun block, CancellationToken token)
        {
            Item = item;
            _items = new Handover<U>(capacity);
            _token = token;
            _reading = ReadAsync(selector, block, token);
        }

        public T Item { get; }

        public ChannelReader<U> Items => _items.Reader;

        /// <summary>The run ends, and nobody will empty this any more.</summary>
        public async Task EndAsync(BlockRun block)
        {
            await _reading;
            while (_items.Reader.TryRead(out U? result))
            {
                block.Undeliver(result);
            }
        }

        private async Task ReadAsync(Func<T, CancellationToken, IAsyncEnumerable<U>> selector, BlockRun block, CancellationToken token)
        {
            try
            {
                await EnumerateAsync(selector(Item, token), WriteAsync, later => block.NoteLater(Item, later), token);

                _items.Writer.TryComplete();
            }
            catch (Exception error)
            {
                _items.Writer.TryComplete(error);
            }
        }

        private async ValueTask<bool> WriteAsync(U result)
        {
            await _items.Writer.WriteAsync(result, _token);
            return true;
        }
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>One reader and one writer, each in calls that may wait, while a third thread cancels their tokens as the waits are being registered.</summary>
internal sealed class CancellationStorm(Channel<int> channel, int items, int seed)
{
    private readonly List<int> _accepted = [];
    private readonly HashSet<int> _refused = [];
    private readonly List<int> _read = [];
    private CancellationTokenSource? _writer;
    private CancellationTokenSource? _reader;
    private int _cancelledReads;
    private int _strays;
    private volatile bool _over;

    /// <summary>Throws <see cref="TimeoutException"/> when a side hangs.</summary>
    public async Task<StormTally> RunAsync()
    {
        var storm = new Thread(Cancel);
        storm.Start();
        try
        {
            await Task.WhenAll(Task.Run(WriteAsync), Task.Run(ReadAsync)).InTime();
        }
        finally
        {
            _over = true;
            storm.Join();
        }

        var read = new HashSet<int>(_read);
        return new StormTally(
            _accepted.Count,
            _accepted.Count(item => !read.Contains(item)),
            _refused.Count,
            _read.Count(_refused.Contains),
            _cancelledReads,
            _strays,
            _read.Zip(_read.Skip(1)).All(pair => pair.First < pair.Second));
    }

    private void Cancel()
    {
        var random = new Random(seed);
        while (!_over)
        {
            // Whoever is at it now, a little later or earlier each time: before, while and after it waits.
            (random.Next(2) == 0 ? Volatile.Read(ref _writer) : Volatile.Read(ref _reader))?.Cancel();
            Thread.SpinWait(random.Next(200));
        }
    }

    private async Task WriteAsync()
    {
        var random = new Random(seed + 1);
        for (int item = 0; item < items; item++)
        {
            CancellationToken token = Next(ref _writer, random);
            bool written = false;
            try
            {
                if (random.Next(2) == 0)
                {
                    await channel.Writer.WriteAsync(item, token);
                    written = true;
                }
                else
                {
                    written = await channel.Writer.WaitToWriteAsync(token) && channel.Writer.TryWrite(item);
                }
            }
            catch (OperationCanceledException cancelled)
            {
                Check(cancelled, token);
            }

            if (written)
            {
                _accepted.Add(item);
            }
            else
            {
                _refused.Add(item);
            }
        }

        channel.Writer.Complete();
    }

    private async Task ReadAsync()
    {
        var random = new Random(seed + 2);
        while (true)
        {
            CancellationToken token = Next(ref _reader, random);
            try
            {
                if (random.Next(2) == 0)
                {
                    _read.Add(await channel.Reader.ReadAsync(token));
                }
                else if (!await channel.Reader.WaitToReadAsync(token))
                {
                    return;
                }
                else if (channel.Reader.TryRead(out int item))
                {
                    _read.Add(item);
                }
            }
            catch (OperationCanceledException cancelled)
            {
                Check(cancelled, token);
                _cancelledReads++;
            }
            catch (ChannelClosedException)
            {
                return;
            }
        }
    }

    private void Check(OperationCanceledException cancelled, CancellationToken token)
    {
        if (cancelled.CancellationToken != token || !token.IsCancellationRequested)
        {
            Interlocked.Increment(ref _strays);
        }
    }

    // Some calls keep the token of the call before: a cancellation that was meant for that one then comes late. Some are cancelled
    // by the pool: by this thread once the call waits, which needs no second core, or by another that steals it meanwhile.
    private static CancellationToken Next(ref CancellationTokenSource? slot, Random random)
    {
        CancellationTokenSource? source = slot;
        if (source is null || source.IsCancellationRequested || random.Next(2) == 0)
        {
            source = new CancellationTokenSource();
            Volatile.Write(ref slot, source);
        }

        if (random.Next(4) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), source, preferLocal: true);
        }

        return source.Token;
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

internal sealed partial class RingStress<T>
{
    private async Task ReadAsync(Random random)
    {
        var run = new T[24];
        bool more = true;
        while (more)
        {
            CancellationToken token = NextToken(random);
            try
            {
                switch (random.Next(8))
                {
                    case 0:
                        _reading = "TryRead";
                        ReadSome(random);
                        break;
                    case 1:
                        _reading = "TryReadMany";
                        ReadMany(run.AsSpan(0, random.Next(run.Length + 1)));
                        break;
                    case 2 or 3:
                        _reading = "ReadAsync";
                        Take(await _channel.Reader.ReadAsync(token));
                        break;
                    case 4 or 5:
                        _reading = "WaitToReadAsync";
                        more = await _channel.Reader.WaitToReadAsync(token);
                        if (more)
                        {
                            Assert.True(_channel.Reader.TryPeek(out T? item), "WaitToReadAsync said that there is an item.");
                            Assert.Equal(_read, _number(item));
                        }

                        break;
                    case 6:
                        _reading = "ReadAllAsync";
                        more = await ReadAllAsync(random.Next(50), token);
                        break;
                    default:
                        _reading = "Yield";
                        await Task.Yield();
                        break;
                }
            }
            catch (OperationCanceledException cancelled) when (cancelled.CancellationToken == token)
            {
            }
            catch (ChannelClosedException closed)
            {
                Assert.Same(_error, closed.InnerException);
                more = false;
            }
            catch (FormatException error) when (error == _error)
            {
                more = false;
            }
        }

        _reading = "the end";
        Assert.False(_channel.Reader.TryRead(out _));
    }

    private void ReadSome(Random random)
    {
        while (random.Next(20) > 0 && _channel.Reader.TryRead(out T? item))
        {
            Take(item);
        }
    }

    private void ReadMany(Span<T> run)
    {
        int count = _channel.TryReadMany(run);
        foreach (T item in run[..count])
        {
            Take(item);
        }
    }

    private async Task<bool> ReadAllAsync(int atMost, CancellationToken token)
    {
        await foreach (T item in _channel.Reader.ReadAllAsync(token))
        {
            Take(item);
            if (atMost-- == 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Take(T item) => Assert.Equal(_read++, _number(item));
}

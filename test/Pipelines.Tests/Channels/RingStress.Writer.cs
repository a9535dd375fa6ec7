using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

internal sealed partial class RingStress<T>
{
    private async Task WriteAsync(Random random)
    {
        var run = new T[24];
        while (_written < _items)
        {
            if (_written >= _closeAt)
            {
                _closeNow.TrySetResult(); // and goes on writing, into the close
            }

            CancellationToken token = NextToken(random);
            try
            {
                switch (random.Next(6))
                {
                    case 0:
                        _writing = "TryWrite";
                        while (_written < _items && random.Next(20) > 0 && _channel.Writer.TryWrite(_make(_written)))
                        {
                            _written++;
                        }

                        break;
                    case 1:
                        _writing = "TryWriteMany";
                        WriteMany(run.AsSpan(0, Math.Min(random.Next(run.Length + 1), _items - _written)));
                        break;
                    case 2 or 3:
                        _writing = "WriteAsync";
                        await _channel.Writer.WriteAsync(_make(_written), token);
                        _written++;
                        break;
                    case 4:
                        _writing = "WaitToWriteAsync";
                        if (!await _channel.Writer.WaitToWriteAsync(token))
                        {
                            return;
                        }

                        break;
                    default:
                        _writing = "Yield";
                        await Task.Yield();
                        break;
                }
            }
            catch (OperationCanceledException cancelled) when (cancelled.CancellationToken == token)
            {
            }
            catch (ChannelClosedException)
            {
                return;
            }
            catch (FormatException error) when (error == _error)
            {
                return;
            }
        }

        _writing = "the end";
        _closeNow.TrySetResult();
    }

    private void WriteMany(Span<T> run)
    {
        for (int i = 0; i < run.Length; i++)
        {
            run[i] = _make(_written + i);
        }

        _written += _channel.TryWriteMany(run);
    }
}

using System.Threading.Channels;

namespace Pipelines.Testing;

/// <summary>A producer block in the hands of a test: it yields what the test emits, when the test emits it.</summary>
/// <remarks>It feeds one run. Its members may be called by any thread, before the run starts too.</remarks>
/// <typeparam name="T">What it yields.</typeparam>
public sealed class TestProducer<T>
{
    private readonly Channel<Emission> _emissions = Channel.CreateUnbounded<Emission>();
    private TaskCompletionSource _demand = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The open pipeline that begins with this producer.</summary>
    public Pipeline<T> Pipeline => Pipelines.Pipeline.Produce<T>(ProduceAsync, new() { Name = nameof(TestProducer<>) });

    /// <summary>Whether the pipeline has room for an item and waits for one.</summary>
    public bool HasDemand => Volatile.Read(ref _demand).Task.IsCompleted;

    /// <summary>Waits until the pipeline has room for an item.</summary>
    /// <returns>A task that completes then.</returns>
    public Task DemandAsync() => Volatile.Read(ref _demand).Task;

    /// <summary>Emits an item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>A task that completes when the pipeline has taken it: it waits while there is no room. It is cancelled if the run ends before.</returns>
    /// <exception cref="InvalidOperationException">The producer was completed or failed.</exception>
    public Task EmitAsync(T item)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _emissions.Writer.TryWrite(new Emission(item, taken))
            ? taken.Task
            : throw new InvalidOperationException("The producer has ended: it was completed or failed, or its run is over.");
    }

    /// <summary>Ends the stream behind what was emitted.</summary>
    public void Complete() => _emissions.Writer.TryComplete();

    /// <summary>Fails behind what was emitted, as a producer's code does that throws.</summary>
    /// <param name="error">What it throws.</param>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    public void Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _emissions.Writer.TryComplete(error);
    }

    private async Task ProduceAsync(ChannelWriter<T> writer, CancellationToken token)
    {
        try
        {
            while (await writer.WaitToWriteAsync(token))
            {
                Volatile.Read(ref _demand).TrySetResult();
                if (!await _emissions.Reader.WaitToReadAsync(token) || !_emissions.Reader.TryRead(out Emission? emission))
                {
                    return;
                }

                Volatile.Write(ref _demand, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                await emission.WriteAsync(writer, token);
            }
        }
        finally
        {
            _emissions.Writer.TryComplete();
            while (_emissions.Reader.TryRead(out Emission? left))
            {
                left.Taken.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private sealed record Emission(T Item, TaskCompletionSource Taken)
    {
        public async Task WriteAsync(ChannelWriter<T> writer, CancellationToken token)
        {
            try
            {
                await writer.WriteAsync(Item, token);
                Taken.SetResult();
            }
            finally
            {
                Taken.TrySetCanceled(CancellationToken.None);
            }
        }
    }
}

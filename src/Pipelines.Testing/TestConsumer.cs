using System.Threading.Channels;

namespace Pipelines.Testing;

/// <summary>A consumer block in the hands of a test: it takes an item when the test asks for one, and holds the pipeline back until then.</summary>
/// <remarks>It ends one run. Its members may be called by any thread, before the run starts too.</remarks>
/// <typeparam name="T">What it takes.</typeparam>
public sealed class TestConsumer<T>
{
    private readonly Channel<TaskCompletionSource<(bool Any, T Item)>> _requests = Channel.CreateUnbounded<TaskCompletionSource<(bool, T)>>();

    /// <summary>Closes a pipeline with this consumer.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <returns>The closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipeline"/> is null.</exception>
    public Pipeline Close(Pipeline<T> pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.Consume(ConsumeAsync, new() { Name = nameof(TestConsumer<>) });
    }

    /// <summary>Takes the next item.</summary>
    /// <returns>The item, when it comes.</returns>
    /// <exception cref="InvalidOperationException">The stream has ended.</exception>
    /// <exception cref="OperationCanceledException">The run was aborted, cancelled or has failed.</exception>
    public async Task<T> TakeAsync() =>
        await RequestAsync() is (true, var item) ? item : throw new InvalidOperationException("An item was expected, and the stream has ended.");

    /// <summary>Waits for the end of the stream.</summary>
    /// <returns>A task that completes with the stream.</returns>
    /// <exception cref="InvalidOperationException">Another item came.</exception>
    /// <exception cref="OperationCanceledException">The run was aborted, cancelled or has failed: that is not the end of the stream.</exception>
    public async Task EndAsync()
    {
        if (await RequestAsync() is (true, var item))
        {
            throw new InvalidOperationException($"The end of the stream was expected, and another item came: {item}.");
        }
    }

    /// <summary>Waits for the stream to break off before its end: the run has failed, or was aborted or cancelled. Its <see cref="PipelineRun.Completion"/>
    /// says which, and with what.</summary>
    /// <returns>A task that completes when it has.</returns>
    /// <exception cref="InvalidOperationException">Another item came, or the stream has ended.</exception>
    public async Task FailureAsync()
    {
        try
        {
            throw new InvalidOperationException(await RequestAsync() is (true, var item)
                ? $"A failure was expected, and another item came: {item}."
                : "A failure was expected, and the stream has ended.");
        }
        catch (OperationCanceledException)
        {
            // This is what was expected.
        }
    }

    private Task<(bool Any, T Item)> RequestAsync()
    {
        var request = new TaskCompletionSource<(bool, T)>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_requests.Writer.TryWrite(request))
        {
            // The function is over; how, it said to the last who asked and says again here.
            _requests.Reader.Completion.ContinueWith(
                static (end, request) => Answer((TaskCompletionSource<(bool, T)>)request!, end.IsCompletedSuccessfully),
                request, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return request.Task;
    }

    private async Task ConsumeAsync(ChannelReader<T> reader, CancellationToken token)
    {
        bool hasEnded = false;
        try
        {
            while (await reader.WaitToReadAsync(token))
            {
                TaskCompletionSource<(bool, T)> request = await _requests.Reader.ReadAsync(token);
                if (reader.TryRead(out T? item))
                {
                    request.SetResult((true, item));
                }
            }

            hasEnded = true;
        }
        finally
        {
            _requests.Writer.TryComplete(hasEnded ? null : new OperationCanceledException("The run has ended before its stream did."));
            while (_requests.Reader.TryRead(out TaskCompletionSource<(bool, T)>? left))
            {
                Answer(left, hasEnded);
            }
        }
    }

    private static void Answer(TaskCompletionSource<(bool Any, T Item)> request, bool hasEnded)
    {
        if (hasEnded)
        {
            request.TrySetResult(default);
        }
        else
        {
            request.TrySetException(new OperationCanceledException("The run has ended before its stream did: it was aborted or cancelled, or has failed. " +
                "Its Completion says which."));
        }
    }
}

using System.Threading.Channels;

namespace Pipelines.AspNetCore.Tests;

/// <summary>A run that goes on until its test has ended: three blocks, of which the second is slow.</summary>
internal sealed class EndlessRun : IAsyncDisposable
{
    private readonly Channel<int> _items = Channel.CreateBounded<int>(16);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _feeding;

    public EndlessRun(
        string name, string slow = "slow", int parallelism = 1, Func<int, CancellationToken, ValueTask<int>>? work = null, ErrorPolicy? onError = null)
    {
        Name = name;
        work ??= static async (item, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), token);
            return item;
        };
        Run = Pipeline
            .From(_items.Reader, new() { Name = "source" })
            .SelectAsync(work, new() { Name = slow, Parallelism = parallelism, Capacity = 16, OnError = onError })
            .ForEachAsync((_, _) => Note(), new() { Name = "sink", Capacity = 16 })
            .Start(new() { Name = name });
        Id = RunId.Of(LiveRuns.List().Find(live => live.Run == Run).Number);
        _feeding = FeedAsync();
    }

    public string Name { get; }

    public PipelineRun Run { get; }

    /// <summary>What the page calls it.</summary>
    public string Id { get; }

    public TaskCompletionSource Consumed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The source ends, and the run with it.</summary>
    public Task<PipelineReport> EndAsync()
    {
        _end.Cancel();
        return Run.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Run.DisposeAsync();
        await _feeding;
        _end.Dispose();
    }

    private ValueTask Note()
    {
        Consumed.TrySetResult();
        return default;
    }

    private async Task FeedAsync()
    {
        try
        {
            for (int i = 0; ; i++)
            {
                await _items.Writer.WriteAsync(i, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _items.Writer.Complete();
        }
    }
}

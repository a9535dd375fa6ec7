namespace Pipelines.Tests.Execution;

/// <summary>A run whose consumer is stuck on its first item and obeys no token, with more items waiting in front of it.</summary>
internal sealed class HeldConsumer : IAsyncDisposable
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HeldConsumer() =>
        Run = Pipeline.From(Source())
            .ForEachAsync(async (int _, CancellationToken _) =>
            {
                _stuck.TrySetResult();
                await _release.Task;
            })
            .Start(new PipelineOptions { Capacity = 4 });

    public PipelineRun Run { get; }

    public static async Task<HeldConsumer> StartAsync()
    {
        var held = new HeldConsumer();
        await Task.WhenAll(held._stuck.Task, held._waiting.Task).WaitAsync(TimeSpan.FromSeconds(60));
        return held;
    }

    public void Release() => _release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await Run.DisposeAsync();
    }

    private IEnumerable<int> Source()
    {
        yield return 0;
        yield return 1;
        _waiting.SetResult();
        yield return 2;
    }
}

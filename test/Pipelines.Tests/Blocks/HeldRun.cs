namespace Pipelines.Tests.Blocks;

/// <summary>A run over an endless source, held by its consumer at some item: what happens to it then happens in its middle, for certain.</summary>
/// <remarks>It counts what the source gives, what the consumer has done and what comes back, to compare with what the run says of itself.</remarks>
internal sealed class HeldRun : IAsyncDisposable
{
    private const int SourceSignal = 5;
    private const int ConsumerStop = 20;

    private readonly TaskCompletionSource _produced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancellation = new();
    private int _yielded;
    private int _returned;

    public HeldRun(BlockCase block, int capacity, Func<Pipeline<int>, Pipeline<int>> before, Func<Pipeline<int>, Pipeline<int>> behind)
    {
        Pipeline pipeline = behind(block.Apply(before(Pipeline.From(Endless())), _ => { })).ForEachAsync(ConsumeAsync);
        Run = pipeline.Start(
            new PipelineOptions { Capacity = capacity, Scheduler = Scheduler, OnUndelivered = _ => Interlocked.Increment(ref _returned) }, Token);
    }

    public PipelineRun Run { get; }

    public CountingScheduler Scheduler { get; } = new();

    public CancellationToken Token => _cancellation.Token;

    public List<int> Consumed { get; } = [];

    public int Yielded => Volatile.Read(ref _yielded);

    public int Returned => Volatile.Read(ref _returned);

    public Task HoldsAsync(string context) => Patience.WithAsync(Task.WhenAll(_produced.Task, _held.Task), Run, context);

    public void Release() => _released.SetResult();

    public void Cancel() => _cancellation.Cancel();

    public async ValueTask DisposeAsync()
    {
        _released.TrySetResult();
        await Run.DisposeAsync();
        _cancellation.Dispose();
    }

    private IEnumerable<int> Endless()
    {
        for (int i = 0; ; i++)
        {
            if (i == SourceSignal)
            {
                _produced.TrySetResult();
            }

            Interlocked.Increment(ref _yielded);
            yield return i;
        }
    }

    private async ValueTask ConsumeAsync(int item)
    {
        if (Consumed.Count == ConsumerStop)
        {
            _held.TrySetResult();
            await _released.Task;
        }

        Consumed.Add(item);
    }
}

using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Execution;

// Time limits and the resources of workers.
public sealed partial class PoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Timeout_DelegateObeysItsToken_FailsWithTheBlocksName(int parallelism)
    {
        var time = new FakeTimeProvider();
        var waiting = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.Range(0, 1)
            .SelectAsync(
                async (x, token) =>
                {
                    var cancelled = new TaskCompletionSource<int>();
                    using CancellationTokenRegistration registration = token.Register(() => cancelled.SetCanceled(token));
                    waiting.SetResult();
                    return await cancelled.Task;
                },
                new() { Name = "slow one", Timeout = TimeSpan.FromSeconds(3), Parallelism = parallelism })
            .ForEach(_ => { })
            .Start(new PipelineOptions { TimeProvider = time });
        await waiting.Task;
        time.Advance(TimeSpan.FromSeconds(4));
        Exception? error = await Ended.ExceptionAsync(run);

        Assert.Contains("'slow one'", Assert.IsType<TimeoutException>(error).Message);
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
    }

    [Fact]
    public async Task Timeout_DelegateReturnsLate_FailsAndGivesBackNothingOfOurs()
    {
        var time = new FakeTimeProvider();
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        List<object?> given = [];
        await using PipelineRun run = Pipeline.Range(0, 3)
            .ForEachAsync(
                async (int _, CancellationToken _) =>
                {
                    begun.TrySetResult();
                    await release.Task;
                },
                new() { Timeout = TimeSpan.FromSeconds(1) })
            .Start(new PipelineOptions { TimeProvider = time, OnUndelivered = item => given.Add(item.Item) });
        await begun.Task;
        time.Advance(TimeSpan.FromSeconds(2));
        release.SetResult();

        Assert.IsType<TimeoutException>(await Ended.ExceptionAsync(run));
        Assert.All(given, item => Assert.IsType<int>(item));
        Assert.Equal(run.Snapshot().Undelivered, given.Count);
    }

    [Fact]
    public async Task Timeout_RunIsCancelledMeanwhile_IsNotATimeout()
    {
        using var source = new CancellationTokenSource();
        await using PipelineRun run = Pipeline.Range(0, 1)
            .SelectAsync(
                async (x, token) =>
                {
                    await source.CancelAsync();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                    return x;
                },
                new() { Timeout = TimeSpan.FromHours(1) })
            .ForEach(_ => { })
            .Start(cancellationToken: source.Token);

        Assert.IsAssignableFrom<OperationCanceledException>(await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Cancelled, run.Snapshot().Outcome);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("fail")]
    [InlineData("abort")]
    public async Task Worker_HoweverTheRunEnds_IsDisposedExactlyOnce(string ending)
    {
        List<Resource> resources = [];
        var middle = new TaskCompletionSource();
        await using PipelineRun run = Pipeline.Range(0, 500)
            .SelectAsync(
                () =>
                {
                    var resource = new Resource();
                    lock (resources)
                    {
                        resources.Add(resource);
                    }

                    return resource;
                },
                async (resource, x) =>
                {
                    resource.Use();
                    await Task.Yield();
                    if (x == 250)
                    {
                        middle.SetResult();
                    }

                    resource.Leave();
                    return ending == "fail" && x == 250 ? throw new InvalidDataException() : x;
                },
                new() { Parallelism = 4 })
            .ForEach(_ => { })
            .Start();
        await middle.Task;
        if (ending == "abort")
        {
            run.Abort();
        }

        await Ended.ExceptionAsync(run);
        Assert.InRange(resources.Count, 1, 4);
        Assert.All(resources, resource => Assert.Equal(1, resource.Disposals));
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worker_CreationOrDisposalThrows_FailsTheRun(bool creation)
    {
        var thrown = new InvalidDataException();
        await using PipelineRun run = Pipeline.Range(0, 500)
            .Select(() => creation ? throw thrown : new Resource { OnDispose = thrown }, (_, x) => x, new() { Parallelism = 2 })
            .ForEach(_ => { })
            .Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    private sealed class Resource : IAsyncDisposable
    {
        private int _users;

        public int Disposals { get; private set; }

        public Exception? OnDispose { get; init; }

        public void Use() => Assert.Equal(1, Interlocked.Increment(ref _users));

        public void Leave() => Interlocked.Decrement(ref _users);

        public ValueTask DisposeAsync()
        {
            Disposals++;
            return OnDispose is null ? default : ValueTask.FromException(OnDispose);
        }
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

/// <summary>However a pool ends, each caller gets an answer and nothing that was added is lost.</summary>
public sealed class WorkerPoolEndingTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeldWork _held = new();
    private readonly ConcurrentQueue<object?> _undelivered = [];

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task CompleteAsync_JobsRunAndWait_AreDoneAndLaterOnesRefused()
    {
        await using WorkerPool<int, int> pool = Held();
        Task<int>[] calls = [pool.RunAsync(1), pool.RunAsync(2), pool.RunAsync(3)];
        await _held.Begun(1).InTime();
        Task<WorkerPoolReport> completion = pool.CompleteAsync();

        var refused = await Assert.ThrowsAsync<ChannelClosedException>(() => pool.RunAsync(4).InTime());
        await Assert.ThrowsAsync<ChannelClosedException>(() => pool.AddAsync(4).InTime());
        Assert.False(pool.TryAdd(4));
        Assert.Contains("'held' was completed", refused.Message);
        _held.Release();
        AssertEqual([1, 2, 3], await Task.WhenAll(calls).InTime());
        WorkerPoolReport report = await completion.InTime();
        Assert.Same(completion, pool.CompleteAsync());
        Assert.Equal((RunOutcome.Completed, 3, 3), (report.Outcome, report.Accepted, report.Succeeded));
        await Assert.ThrowsAsync<ChannelClosedException>(() => pool.RunAsync(4).InTime());
    }

    [Fact]
    public async Task CompleteAsync_CallWaitsForRoom_IsRefused()
    {
        await using WorkerPool<int, int> pool = Held(capacity: 1);
        Task<int> first = pool.RunAsync(1);
        await _held.Begun(1).InTime();
        Task<int> second = pool.RunAsync(2);
        Task<int> third = pool.RunAsync(3);
        Task completion = pool.CompleteAsync();

        await Assert.ThrowsAsync<ChannelClosedException>(() => third.InTime());
        _held.Release();
        AssertEqual([1, 2], await Task.WhenAll(first, second).InTime());
        await completion.InTime();
    }

    [Fact]
    public async Task CompleteAsync_NoJobEver_CreatesNoWorker()
    {
        await using WorkerPool<int, int> pool = Held();

        WorkerPoolReport report = await pool.CompleteAsync().InTime();

        Assert.Equal((RunOutcome.Completed, 0, 0), (report.Outcome, report.Accepted, report.WorkersCreated));
        Assert.False(await pool.Results.WaitToReadAsync().InTime());
    }

    [Fact]
    public async Task StopAsync_JobsEndBeforeTheDeadline_AllAreDone()
    {
        await using WorkerPool<int, int> pool = Held();
        Task<int>[] calls = [pool.RunAsync(1), pool.RunAsync(2)];
        await _held.Begun(1).InTime();
        Task<WorkerPoolReport> stopped = pool.StopAsync(TimeSpan.FromSeconds(10));
        _held.Release();

        AssertEqual([1, 2], await Task.WhenAll(calls).InTime());
        WorkerPoolReport report = await stopped.InTime();
        Assert.Equal((RunOutcome.Stopped, 2, 0), (report.Outcome, report.Succeeded, report.Cancelled));
    }

    [Fact]
    public async Task StopAsync_DeadlinePasses_CallersAreToldAndAddedItemsHandedBack()
    {
        await using WorkerPool<int, int> pool = Held(capacity: 3);
        Task<int> running = pool.RunAsync(1);
        await _held.Begun(1).InTime();
        Task<int> waiting = pool.RunAsync(2);
        await pool.AddAsync(3).InTime();
        await pool.AddAsync(4).InTime();
        Task<int> outside = pool.RunAsync(5);
        Task<WorkerPoolReport> stopped = pool.StopAsync(TimeSpan.FromSeconds(10));
        var noRoom = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outside.InTime());
        _time.Advance(TimeSpan.FromSeconds(11));

        var notBegun = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        var cut = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTime());
        WorkerPoolReport report = await stopped.InTime();
        Assert.All((Exception[])[noRoom, notBegun, cut], error => Assert.Contains("'held' was stopped", error.Message));
        Assert.Equal([3, 4], _undelivered);
        Assert.Equal((RunOutcome.Stopped, 4, 4), (report.Outcome, report.Accepted, report.Cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.Results.ReadAsync().InTime());
    }

    [Fact]
    public async Task StopAsync_WorkIgnoresItsToken_WaitingCallersAreAnsweredAllTheSame()
    {
        var release = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var pool = new WorkerPool<int, int>(
            async item =>
            {
                begun.TrySetResult();
                await release.Task;
                return item;
            },
            new() { Parallelism = 1 });
        Task<int> running = pool.RunAsync(1);
        await begun.Task.InTime();
        Task<int> waiting = pool.RunAsync(2);
        Task stopped = pool.StopAsync(TimeSpan.Zero);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        Assert.False(running.IsCompleted);
        release.SetResult();
        Assert.Equal(1, await running.InTime());
        await stopped.InTime();
    }

    [Fact]
    public async Task StopAsync_NegativeDeadline_IsRefused()
    {
        await using WorkerPool<int, int> pool = Held();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pool.StopAsync(TimeSpan.FromSeconds(-5)));
    }

    [Fact]
    public async Task DisposeAsync_JobsRunAndWait_CallersAreTold()
    {
        WorkerPool<int, int> pool = Held();
        Task<int> running = pool.RunAsync(1);
        await _held.Begun(1).InTime();
        Task<int> waiting = pool.RunAsync(2);
        await pool.AddAsync(3).InTime();
        await pool.DisposeAsync().InTime();
        await pool.DisposeAsync().InTime();

        foreach (Task call in (Task[])[running, waiting])
        {
            Assert.Contains("'held' was disposed", (await Assert.ThrowsAsync<ObjectDisposedException>(() => call.InTime())).Message);
        }

        Assert.Equal([3], _undelivered);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.RunAsync(4).InTime());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.AddAsync(4).InTime());
        Assert.False(pool.TryAdd(4));
        Assert.Equal(RunOutcome.Stopped, (await pool.CompleteAsync().InTime()).Outcome);
    }

    [Fact]
    public async Task DisposeAsync_AfterCompletion_LeavesResultsToTheirReader()
    {
        _held.Release();
        WorkerPool<int, int> pool = Held();
        await pool.AddAsync(1).InTime();
        await pool.AddAsync(2).InTime();
        await pool.CompleteAsync().InTime();
        await pool.DisposeAsync().InTime();

        AssertEqual([1, 2], await pool.Results.ReadAllAsync().ToListAsync().InTime());
        Assert.Empty(_undelivered);
    }

    [Fact]
    public async Task DisposeAsync_ResultsThatNobodyReads_AreInTheStreamOrHandedBack()
    {
        _held.Release();
        WorkerPool<int, int> pool = Held(capacity: 2);
        int added = 0;
        Task adding = AddAsync();
        await _held.Begun(2).InTime(); // their results fill the stream
        await pool.DisposeAsync().InTime();
        await adding.InTime();
        List<int> delivered = [];
        while (pool.Results.TryRead(out int result))
        {
            delivered.Add(result);
        }

        WorkerPoolReport report = pool.Snapshot();
        Assert.Equal(Enumerable.Range(0, added), delivered.Concat(_undelivered.Cast<int>()).Order());
        Assert.Equal((added, report.Succeeded - delivered.Count), ((int)report.Accepted, report.Undelivered));

        async Task AddAsync()
        {
            try
            {
                for (; ; added++)
                {
                    await pool.AddAsync(added);
                }
            }
            catch (ObjectDisposedException)
            {
                // As it must be told.
            }
        }
    }

    [Fact]
    public async Task AddedItem_Fails_ResultsBeforeItComeThenItsExceptionAndCallersAreTold()
    {
        var thrown = new InvalidDataException("broken");
        await using var pool = new WorkerPool<int, int>(
            async (item, token) => item == 10 ? throw thrown : item < 10 ? item : await _held.DoAsync(item, token),
            new() { Name = "held", Parallelism = 1 });
        for (int item = 0; item < 10; item++)
        {
            await pool.AddAsync(item).InTime();
        }

        for (int item = 0; item < 10; item++)
        {
            Assert.Equal(item, await pool.Results.ReadAsync().InTime());
        }

        Task<int> call = pool.RunAsync(20);
        await _held.Begun(1).InTime();
        await pool.AddAsync(10).InTime();
        Task<int> behind = pool.RunAsync(11);
        _held.Release();

        Assert.Equal(20, await call.InTime());
        Assert.Same(thrown, await Record.ExceptionAsync(() => pool.Completion.InTime()));
        Assert.Same(thrown, await Record.ExceptionAsync(() => pool.Results.WaitToReadAsync().InTime()));
        var told = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => behind.InTime());
        var refused = await Assert.ThrowsAsync<ChannelClosedException>(() => pool.RunAsync(12).InTime());
        Assert.All((Exception[])[told, refused], error => Assert.Same(thrown, error.InnerException));
        WorkerPoolReport report = pool.Snapshot();
        Assert.Equal((RunOutcome.Failed, 11, 1, 1), (report.Outcome, report.Succeeded, report.Failed, report.Cancelled));
        Assert.Equal("10", $"{PipelineReport.Of(thrown)!.Failure!.Item}");
    }

    [Fact]
    public async Task AddedItem_FailsUnderAPolicy_IsLeftOutAndThePoolGoesOn()
    {
        var thrown = new InvalidDataException();
        List<DeadLetter> letters = [];
        await using var pool = new WorkerPool<int, int>(
            (item, _) => item % 2 == 0 ? throw thrown : new ValueTask<int>(item), new() { Name = "odd", OnError = ErrorPolicy.DeadLetter(letters.Add) });
        for (int item = 0; item < 6; item++)
        {
            await pool.AddAsync(item).InTime();
        }

        Exception? error = await Record.ExceptionAsync(() => pool.RunAsync(10).InTime());
        WorkerPoolReport report = await pool.CompleteAsync().InTime();

        Assert.Same(thrown, error);
        AssertEqual([1, 3, 5], await pool.Results.ReadAllAsync().ToListAsync().InTime());
        Assert.Equal([0, 2, 4], letters.Select(letter => (int)letter.Item!));
        Assert.All(letters, letter => Assert.Equal((thrown, "odd"), (letter.Exception, letter.Block)));
        Assert.Equal((RunOutcome.Completed, 3, 4), (report.Outcome, report.Succeeded, report.Failed));
    }

    [Fact]
    public async Task OnUndelivered_NotGiven_DisposesWhatWasAddedAndLeavesACallersItemAlone()
    {
        var begun = new TaskCompletionSource();
        var pool = new WorkerPool<Resource, int>(
            async (_, token) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return 0;
            },
            new() { Parallelism = 1 });
        ConcurrentQueue<Resource> all = [];
        Resource added = Resource.Create(all), waiting = Resource.Create(all), called = Resource.Create(all);
        await pool.AddAsync(added).InTime();
        await begun.Task.InTime();
        await pool.AddAsync(waiting).InTime();
        Task call = pool.RunAsync(called);
        await pool.DisposeAsync().InTime();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => call.InTime());
        Assert.Equal((1, 1, 0), (added.Disposals, waiting.Disposals, called.Disposals));
    }

    // Over a list: an assertion over spans cannot be made across an await.
    private static void AssertEqual(List<int> expected, IEnumerable<int> actual) => Assert.Equal(expected, actual);

    private WorkerPool<int, int> Held(int capacity = 256) =>
        new(_held.DoAsync, new() { Name = "held", Parallelism = 1, Capacity = capacity, TimeProvider = _time, OnUndelivered = _undelivered.Enqueue });
}

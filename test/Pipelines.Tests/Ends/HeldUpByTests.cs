using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Ends;

/// <summary>Code that does not return holds a run up and nobody who stops it: the stop's task ends at its time-out and names the one it could not wait
/// for.</summary>
public sealed class HeldUpByTests
{
    private static readonly Dictionary<string, (string HeldUpBy, Func<Held, Pipeline> Build)> s_places = new()
    {
        ["a synchronous source"] = ("stuck", held => Pipeline.From(held.Sequence(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["a source's enumerator"] = ("stuck", held => Pipeline.From(held.SequenceThatNeverBegins(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["a source's disposal"] = ("stuck", held => Pipeline.From(held.SequenceThatIsNeverClosed(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["an asynchronous source"] = ("stuck", held => Pipeline.From(held.SequenceAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["an asynchronous source that blocks"] = ("stuck", held => Pipeline.From(held.BlockingAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["an asynchronous source's disposal"] = ("stuck", held => Pipeline.From(held.NeverClosedAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["code that produces"] = ("stuck", held => Pipeline.Produce<int>((_, _) => held.StickAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["code that transforms"] = ("stuck", held => Pipeline.Range(0, 9).Transform<int>((_, _, _) => held.StickAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["an iterator"] = ("stuck", held => Pipeline.Range(0, 9).Transform((_, _) => held.SequenceAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["code that consumes"] = ("stuck", held => Pipeline.Range(0, 9).Consume((_, _) => held.StickAsync(), new() { Name = "stuck" })),
        ["a sequence of an item"] = ("stuck", held => Pipeline.Range(0, 9).SelectMany(_ => held.Sequence(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["an asynchronous sequence of an item"] = ("stuck", held => Pipeline.Range(0, 9).SelectManyAsync(_ => held.SequenceAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["an asynchronous sequence of an item, in a pool"] = ("stuck", held => Pipeline.Range(0, 9).SelectManyAsync(_ => held.SequenceAsync(), new() { Name = "stuck", Parallelism = 2 }).ForEach(_ => { })),
        ["the disposal of a sequence of an item"] = ("stuck", held => Pipeline.Range(0, 9).SelectManyAsync(_ => held.NeverClosedAsync(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["a fused delegate"] = ("stuck", held => Pipeline.Range(0, 9).Select(x => x).Do(_ => held.Stick(), new() { Name = "stuck" }).ForEach(_ => { })),
        ["a delegate in a pool"] = ("stuck", held => Pipeline.Range(0, 9).Select(x => held.Stick(x), new() { Name = "stuck", Parallelism = 2 }).ForEach(_ => { })),
        ["an asynchronous delegate"] = ("stuck", held => Pipeline.Range(0, 9).SelectAsync(async x => { await held.StickAsync(); return x; }, new() { Name = "stuck" }).ForEach(_ => { })),
        ["an asynchronous delegate in a pool"] = ("stuck", held => Pipeline.Range(0, 9).SelectAsync(async x => { await held.StickAsync(); return x; }, new() { Name = "stuck", Parallelism = 2, Ordered = false }).ForEach(_ => { })),
        ["a worker's creation"] = ("stuck", held => Pipeline.Range(0, 9).Select(() => { held.Stick(); return new MemoryStream(); }, (_, x) => x, new() { Name = "stuck" }).ForEach(_ => { })),
        ["a worker's disposal"] = ("stuck", held => Pipeline.Range(0, 9).Select(() => new Resource(held.Stick), (_, x) => x, new() { Name = "stuck", Parallelism = 2 }).ForEach(_ => { })),
        ["a worker's asynchronous disposal"] = ("stuck", held => Pipeline.Range(0, 9).SelectAsync(() => new AsyncResource(held.StickAsync), (_, x) => new ValueTask<int>(x), new() { Name = "stuck", Parallelism = 2 }).ForEach(_ => { })),
        ["a step"] = ("stuck", held => Pipeline.Range(0, 9).Fuse(() => new Step(held.Stick, () => { }), new() { Name = "stuck" }).ForEach(_ => { })),
        ["a step's disposal"] = ("stuck", held => Pipeline.Range(0, 9).Fuse(() => new Step(() => { }, held.Stick), new() { Name = "stuck" }).ForEach(_ => { })),
        ["OnUndelivered as items drop"] = ("OnUndelivered", held => Pipeline.Range(0, 9).Tee(b => b.Take(1).ForEach(_ => { })).Buffer(1, BoundedChannelFullMode.DropNewest).ForEachAsync(held.UntilCancelledAsync)),
        ["OnUndelivered at the end"] = ("OnUndelivered", held => Pipeline.Range(0, 9).ForEachAsync(held.UntilCancelledAsync)),
        ["a token callback"] = ("a callback on the run's token", held => Pipeline.Range(0, 9).ForEachAsync(held.WithCallbackAsync)),
        ["a producer's token callback"] = ("a callback on the run's token", held => Pipeline.Produce<int>(async (writer, token) => await held.WithCallbackAsync(0, token)).ForEach(_ => { })),
        ["an observer's OnNext"] = ("stuck", held => Pipeline.Range(0, 9).To(new Observer(held.Stick, () => { }), new() { Name = "stuck" })),
        ["an observer's OnCompleted"] = ("stuck", held => Pipeline.Range(0, 9).To(new Observer(() => { }, held.Stick), new() { Name = "stuck" })),
        ["an observable's Subscribe"] = ("stuck", held => Pipeline.From(new Observable(held.Stick, () => { }), new() { Name = "stuck" }).ForEach(_ => { })),
        ["a subscription's disposal"] = ("stuck", held => Pipeline.From(new Observable(() => { }, held.Stick), new() { Name = "stuck" }).ForEach(_ => held.Meet())),
        ["a dead letter's delegate"] = ("stuck", held => Pipeline.Range(0, 9).Do(_ => throw new InvalidDataException(), new() { Name = "stuck", OnError = ErrorPolicy.DeadLetter(_ => held.Stick()) }).ForEach(_ => { })),
    };

    public static TheoryData<string> Places() => new(s_places.Keys);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task StopAsync_CodeDoesNotReturn_EndsAtItsTimeoutAndNamesIt(string place)
    {
        var held = new Held();
        var time = new FakeTimeProvider();
        (string name, Func<Held, Pipeline> build) = s_places[place];
        bool atItsEnd = name == "OnUndelivered";
        await using PipelineRun run = build(held).Start(new PipelineOptions { TimeProvider = time, OnUndelivered = atItsEnd ? _ => held.Stick() : null });
        if (place is not ("a token callback" or "a producer's token callback" or "OnUndelivered at the end" or "a subscription's disposal" or "a source's disposal"))
        {
            await held.Stuck.WaitAsync(TimeSpan.FromSeconds(60));
        }
        else
        {
            await held.Met.WaitAsync(TimeSpan.FromSeconds(60));
        }

        Task<PipelineReport> stop = run.StopAsync(TimeSpan.FromSeconds(5));
        Assert.False(stop.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        PipelineReport report = await stop.WaitAsync(TimeSpan.FromSeconds(60));
        try
        {
            Assert.Contains(name, report.HeldUpBy);
            Assert.False(run.Completion.IsCompleted);
        }
        finally
        {
            held.Release();
        }

        PipelineReport final = await Ended.ReportAsync(run, place);
        Assert.Equal(RunOutcome.Stopped, final.Outcome);
        Assert.Empty(final.HeldUpBy);
        Conservation.AssertHolds(final, place);
    }

    /// <summary>Where code sticks until it is released.</summary>
    private sealed class Held
    {
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stuck => _stuck.Task;

        public Task Met => _met.Task;

        public void Release() => _released.SetResult();

        public void Meet() => _met.TrySetResult();

        public void Stick()
        {
            _stuck.TrySetResult();
            _released.Task.Wait();
        }

        public int Stick(int item)
        {
            Stick();
            return item;
        }

        public async Task StickAsync()
        {
            _stuck.TrySetResult();
            await _released.Task;
        }

        public IEnumerable<int> Sequence()
        {
            yield return 1;
            Stick();
        }

        public IEnumerable<int> SequenceThatNeverBegins()
        {
            Stick();
            yield return 1;
        }

        public IEnumerable<int> SequenceThatIsNeverClosed()
        {
            try
            {
                while (true)
                {
                    Meet();
                    yield return 1;
                }
            }
            finally
            {
                Stick();
            }
        }

        public async IAsyncEnumerable<int> SequenceAsync()
        {
            yield return 1;
            await StickAsync();
        }

        public async IAsyncEnumerable<int> BlockingAsync()
        {
            await Task.CompletedTask;
            yield return 1;
            Stick();
        }

        public async IAsyncEnumerable<int> NeverClosedAsync()
        {
            try
            {
                yield return 1;
            }
            finally
            {
                await StickAsync();
            }
        }

        public async Task UntilCancelledAsync(int item, CancellationToken token)
        {
            Meet();
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
            await cancelled.Task;
            token.ThrowIfCancellationRequested();
        }

        public async Task WithCallbackAsync(int item, CancellationToken token)
        {
            token.UnsafeRegister(_ => Stick(), null);
            Meet();
            await Stuck;
        }
    }

    private sealed class Resource(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }

    private sealed class AsyncResource(Func<Task> dispose) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await dispose();
    }

    private sealed class Step(Action next, Action dispose) : IStep<int, int>, IDisposable
    {
        public bool TryNext(int item, out int result)
        {
            next();
            result = item;
            return true;
        }

        public bool TryFlush(out int result)
        {
            result = 0;
            return false;
        }

        public void Dispose() => dispose();
    }

    private sealed class Observer(Action next, Action end) : IObserver<int>
    {
        public void OnNext(int value) => next();

        public void OnCompleted() => end();

        public void OnError(Exception error) => end();
    }

    private sealed class Observable(Action subscribe, Action dispose) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            observer.OnNext(1);
            subscribe();
            return new Resource(dispose);
        }
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>Where items come from: sequences, channels, code.</summary>
public sealed class ProducerTests
{
    [Fact]
    public async Task Range_SomeItems_YieldsThem()
    {
        Assert.Equal([5, 6, 7], await Patience.WithAsync(Pipeline.Range(5, 3).ToListAsync()));
        Assert.Equal([int.MaxValue], await Patience.WithAsync(Pipeline.Range(int.MaxValue, 1).ToListAsync()));
        Assert.Empty(await Patience.WithAsync(Pipeline.Range(int.MinValue, 0).ToListAsync()));
    }

    [Fact]
    public async Task From_Array_YieldsIt()
    {
        Assert.Equal(["a", "b"], await Patience.WithAsync(Pipeline.From("a b".Split()).ToListAsync()));
        Assert.Empty(await Patience.WithAsync(Pipeline.From(Array.Empty<int>()).ToListAsync()));
    }

    [Fact]
    public async Task From_Enumerable_YieldsItAnewInEachRunAndDisposesItsEnumerator()
    {
        int disposed = 0;
        Pipeline<int> pipeline = Pipeline.From(Sequence());

        Assert.Equal([1, 2, 3], await Patience.WithAsync(pipeline.ToListAsync()));
        Assert.Equal([1, 2, 3], await Patience.WithAsync(pipeline.ToListAsync()));
        Assert.Equal([1, 2], await Patience.WithAsync(pipeline.Take(2).ToListAsync()));
        Assert.Equal(3, disposed);
        var thrown = new InvalidDataException();
        Task failing = pipeline.ForEach(_ => throw thrown).RunAsync();
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(failing)));
        Assert.Equal(4, disposed);

        IEnumerable<int> Sequence()
        {
            try
            {
                yield return 1;
                yield return 2;
                yield return 3;
            }
            finally
            {
                disposed++;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_SequenceThrows_DeliversWhatCameBeforeAndFailsOutsideOfAnyItem(bool asynchronous)
    {
        var thrown = new InvalidDataException();
        List<int> consumed = [];
        Pipeline<int> source = asynchronous ? Pipeline.From(SequenceAsync()) : Pipeline.From(Sequence());
        await using PipelineRun run = source.ForEach(consumed.Add).Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Null(run.Failure!.Item);
        Assert.Equal(run.Snapshot().Blocks[0].Name, run.Failure.Block);
        Assert.Equal([1], consumed);

        IEnumerable<int> Sequence()
        {
            yield return 1;
            throw thrown;
        }

        async IAsyncEnumerable<int> SequenceAsync()
        {
            yield return 1;
            await Task.Yield();
            throw thrown;
        }
    }

    [Fact]
    public async Task From_AsyncEnumerable_YieldsItAndDisposesIt()
    {
        var (source, disposed) = Waiting(endless: false);
        Assert.Equal([0, 1, 2], await Patience.WithAsync(Pipeline.From(source).ToListAsync()));
        Assert.True(disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task From_AsyncEnumerableThatWaits_EndsWhenTheRunStops()
    {
        var (source, disposed) = Waiting(endless: true);
        List<int> consumed = [];
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(source).Do(x => _ = x == 2 && last.TrySetResult()).ForEach(consumed.Add).Start();
        await Patience.WithAsync(last.Task, run);
        PipelineReport report = await Patience.WithAsync(run.StopAsync(Timeout.InfiniteTimeSpan), run);

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal([0, 1, 2], consumed);
        Assert.True(disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task From_ChannelReader_EndsWhenTheChannelIsCompletedAndEmpty()
    {
        Channel<int> channel = Filled(1000);
        channel.Writer.Complete();

        Assert.Equal(Enumerable.Range(0, 1000), await Patience.WithAsync(Pipeline.From(channel.Reader).ToListAsync()));
    }

    [Fact]
    public async Task From_ChannelReaderThatWaits_EndsWhenTheRunStopsAndLeavesTheChannelOpen()
    {
        Channel<int> channel = Filled(3);
        List<int> consumed = [];
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(channel.Reader).Do(x => _ = x == 2 && last.TrySetResult()).ForEach(consumed.Add).Start();
        await Patience.WithAsync(last.Task, run);
        PipelineReport report = await Patience.WithAsync(run.StopAsync(Timeout.InfiniteTimeSpan), run);

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal([0, 1, 2], consumed);
        Assert.True(channel.Writer.TryWrite(3));
        Assert.Equal(3, await Patience.WithAsync(channel.Reader.ReadAsync().AsTask()));
    }

    [Fact]
    public async Task From_ChannelCompletedWithAnError_DeliversWhatCameBeforeAndFailsWithThatError()
    {
        var thrown = new InvalidDataException();
        Channel<int> channel = Filled(3);
        channel.Writer.Complete(thrown);
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.From(channel.Reader).ForEach(consumed.Add).Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
        Assert.Equal([0, 1, 2], consumed);
    }

    [Fact]
    public async Task From_ChannelReaderOfAnAbortedRun_LeavesInTheChannelWhatItHasNotTaken()
    {
        Channel<int> channel = Filled(1000);
        int returned = 0;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(channel.Reader).Buffer(4)
            .ForEachAsync(async x =>
            {
                held.TrySetResult();
                await released.Task;
            })
            .Start(new PipelineOptions { Capacity = 4, OnUndelivered = _ => returned++ });
        await Patience.WithAsync(held.Task, run);
        run.Abort();
        released.SetResult();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(1000, channel.Reader.Count + report.Blocks[0].Out);
        Assert.Equal(report.Undelivered, returned);
        Assert.Equal(report.Blocks[0].Out, returned + report.Blocks[^1].Out);
    }

    private static Channel<int> Filled(int count)
    {
        var channel = Channel.CreateUnbounded<int>();
        Assert.All(Enumerable.Range(0, count), x => Assert.True(channel.Writer.TryWrite(x)));
        return channel;
    }

    private static (IAsyncEnumerable<int> Source, TaskCompletionSource Disposed) Waiting(bool endless)
    {
        var disposed = new TaskCompletionSource();
        return (ItemsAsync(), disposed);

        async IAsyncEnumerable<int> ItemsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            try
            {
                yield return 0;
                await Task.Yield();
                yield return 1;
                yield return 2;
                await (endless ? new TaskCompletionSource().Task.WaitAsync(token) : Task.CompletedTask);
            }
            finally
            {
                disposed.SetResult();
            }
        }
    }
}

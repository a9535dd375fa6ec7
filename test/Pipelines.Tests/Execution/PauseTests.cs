using System.Threading.Channels;

namespace Pipelines.Tests.Execution;

/// <summary>A run that is held still, in each of its states, and goes on.</summary>
public sealed partial class PauseTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("range")]
    [InlineData("sequence")]
    [InlineData("asynchronous sequence")]
    [InlineData("channel")]
    [InlineData("code")]
    [InlineData("block")]
    [InlineData("merge")]
    [InlineData("concat")]
    public async Task PauseAsync_MidRun_EverythingArrivesAndNoMoreUntilResume(string source)
    {
        using var enough = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int consumed = 0;
        await using PipelineRun run = EndlessSource.Of(source, enough.Token)
            .Select(x => x, new BlockOptions { Parallelism = 2 })
            .SelectAsync(async x =>
            {
                await Task.Yield();
                return x;
            }, new() { Parallelism = 3 })
            .ForEach(_ =>
            {
                int number = Interlocked.Increment(ref consumed);
                if (number == 1000)
                {
                    reached.SetResult();
                }
                else if (number == 5000)
                {
                    goesOn.SetResult();
                }
            })
            .Start(new PipelineOptions { Capacity = 16 });
        await Reached(reached.Task, run);
        await run.PauseAsync().WaitAsync(s_patience);
        Assert.True(run.IsPaused);
        PipelineReport atRest = run.Snapshot();
        await run.PauseAsync().WaitAsync(s_patience);
        PipelineReport later = run.Snapshot();
        if (consumed < 5000)
        {
            run.Resume();
            await Reached(goesOn.Task, run);
        }

        await enough.CancelAsync();
        PipelineReport report = await run.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(s_patience);

        Assert.All(atRest.Blocks.Where(block => block.Kind == BlockKind.Transform), block => Assert.Equal(block.In, block.Out));
        Assert.Equal(atRest.Blocks.Select(block => (block.In, block.Out)), later.Blocks.Select(block => (block.In, block.Out)));
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal(0, report.Undelivered);
        Conservation.AssertHolds(report);

        static async Task Reached(Task point, PipelineRun run) => await await Task.WhenAny(point, run.Completion).WaitAsync(s_patience);
    }

    [Fact]
    public async Task PauseAsync_ChannelThatIsWaitedFor_LeavesInItWhatComesMeanwhile()
    {
        var channel = Channel.CreateUnbounded<int>();
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.From(channel.Reader).ForEach(consumed.Add).Start();
        await run.PauseAsync().WaitAsync(s_patience);
        channel.Writer.TryWrite(1);
        channel.Writer.TryWrite(2);
        channel.Writer.Complete();
        await run.PauseAsync().WaitAsync(s_patience); // it has been woken, and come to rest again
        Assert.Equal(2, channel.Reader.Count);
        Assert.Empty(consumed);
        run.Resume();
        await run.Completion.WaitAsync(s_patience);

        Assert.Equal([1, 2], consumed);
    }

    [Fact]
    public async Task PauseAsync_SequenceThatIsWaitedFor_KeepsWhatComesMeanwhile()
    {
        var item = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource();
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.From(Sequence()).ForEach(consumed.Add).Start();
        await asked.Task.WaitAsync(s_patience);
        await run.PauseAsync().WaitAsync(s_patience);
        item.SetResult(1);
        await run.PauseAsync().WaitAsync(s_patience);
        Assert.Empty(consumed);
        run.Resume();
        await run.Completion.WaitAsync(s_patience);

        Assert.Equal([1], consumed);

        async IAsyncEnumerable<int> Sequence()
        {
            asked.SetResult();
            yield return await item.Task;
        }
    }

    [Fact]
    public async Task PauseAsync_ProducerInCode_ItsWritesWait()
    {
        var writer = new TaskCompletionSource<ChannelWriter<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> consumed = [];
        await using PipelineRun run = Pipeline.Produce<int>((w, _) =>
        {
            writer.SetResult(w);
            return end.Task;
        }).ForEach(consumed.Add).Start();
        ChannelWriter<int> items = await writer.Task.WaitAsync(s_patience);
        await run.PauseAsync().WaitAsync(s_patience);
        Assert.False(items.TryWrite(1));
        ValueTask write = items.WriteAsync(2);
        ValueTask<bool> wait = items.WaitToWriteAsync();
        Assert.False(write.IsCompleted || wait.IsCompleted);
        run.Resume();
        await write;
        Assert.True(await wait);
        end.SetResult();
        await run.Completion.WaitAsync(s_patience);

        Assert.Equal([2], consumed);
    }

    [Fact]
    public async Task PauseAsync_PartialBatch_StaysWhereItIs()
    {
        var channel = Channel.CreateUnbounded<int>();
        List<int[]> batches = [];
        await using PipelineRun run = Pipeline.From(channel.Reader).Batch(3).ForEach(batches.Add).Start();
        channel.Writer.TryWrite(1);
        channel.Writer.TryWrite(2);
        while (channel.Reader.Count > 0)
        {
            await Task.Yield();
        }

        await run.PauseAsync().WaitAsync(s_patience);
        Assert.Empty(batches);
        run.Resume();
        channel.Writer.TryWrite(3);
        channel.Writer.Complete();
        await run.Completion.WaitAsync(s_patience);

        Assert.Equal([1, 2, 3], Assert.Single(batches));
    }

    [Fact]
    public async Task PauseAsync_ConsumerAtWork_EndsWhenItIsDone()
    {
        await using HeldConsumer held = await HeldConsumer.StartAsync();
        Task pausing = held.Run.PauseAsync();
        Assert.False(pausing.IsCompleted);
        held.Release();
        await pausing.WaitAsync(s_patience);
        Conservation.AssertHoldsInLine(held.Run.Snapshot());
    }

    [Fact]
    public async Task Resume_BeforeTheRunIsAtRest_CancelsTheWait()
    {
        await using HeldConsumer held = await HeldConsumer.StartAsync();
        Task pausing = held.Run.PauseAsync();
        held.Run.Resume();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pausing.WaitAsync(s_patience));
        Assert.False(held.Run.IsPaused);
    }

    [Fact]
    public async Task PauseAsync_TokenIsCancelled_EndsTheWaitAndStaysPaused()
    {
        await using HeldConsumer held = await HeldConsumer.StartAsync();
        using var source = new CancellationTokenSource();
        Task pausing = held.Run.PauseAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pausing.WaitAsync(s_patience));
        Assert.True(held.Run.IsPaused);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.Run.PauseAsync(source.Token));
    }

    // Pauses and resumes from several threads at once, whatever comes of it: nothing is lost and everything ends.
    [Fact]
    public Task PauseAsync_OfSeveralThreads_LosesNothing() =>
        Stress.ForSomeTimeAsync(async seed =>
        {
            long sum = 0;
            await using PipelineRun run = Pipeline
                .Merge(Pipeline.Range(0, 3000), Pipeline.Produce<int>(WriteAsync))
                .SelectAsync(async x =>
                {
                    await Task.Yield();
                    return x;
                }, new() { Parallelism = 4 })
                .ForEach(x => sum += x)
                .Start(new PipelineOptions { Capacity = 8 });
            await Task.WhenAll(DisturbAsync(), DisturbAsync());
            run.Resume();
            Assert.Null(await Ended.ExceptionAsync(run, $"seed {seed}"));
            Assert.Equal(2 * 2999L * 3000 / 2, sum);

            async Task DisturbAsync()
            {
                await Task.Yield();
                for (int i = 0; i < 20; i++)
                {
                    try
                    {
                        await run.PauseAsync().WaitAsync(s_patience);
                    }
                    catch (OperationCanceledException)
                    {
                        // The other has resumed.
                    }

                    run.Resume();
                }
            }

            static async Task WriteAsync(ChannelWriter<int> writer, CancellationToken token)
            {
                for (int i = 0; i < 3000; i++)
                {
                    await writer.WriteAsync(i, token);
                }
            }
        });
}

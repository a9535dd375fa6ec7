using System.Threading.Channels;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Ends;

/// <summary>What comes to its end, or fails, while a run is paused.</summary>
public sealed class PausedEndTests
{
    public static TheoryData<BlockCase> Failing() => new(BlockCases.List.Where(block => block is { CanFail: true, EndsEarly: false }));

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task PauseAsync_BlockFailsMeanwhile_ThrowsThat(BlockCase block)
    {
        var thrown = new InvalidDataException("while it was paused");
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var released = new ManualResetEventSlim();
        Pipeline pipeline = block.Apply(Pipeline.From(Endless()), x =>
        {
            if (x == 33)
            {
                reached.TrySetResult();
                released.Wait();
                throw thrown;
            }
        }).ForEach(_ => { });
        await using PipelineRun run = pipeline.Start();
        await Patience.WithAsync(reached.Task, run, block.Name);
        Task pause = run.PauseAsync();
        Assert.False(pause.IsCompleted);
        released.Set();

        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(pause, run, block.Name)));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => run.PauseAsync()));
        Assert.Same(thrown, await Ended.ExceptionAsync(run));
    }

    [Theory]
    [InlineData("sequence")]
    [InlineData("asynchronous sequence")]
    [InlineData("channel")]
    [InlineData("code")]
    [InlineData("observable")]
    public async Task Source_EndsWhileTheRunIsPaused_HoldsUntilResume(string source)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = Channel.CreateUnbounded<int>();
        var pushed = new Pushed();
        List<int[]> batches = [];
        Pipeline<int> producer = source switch
        {
            "sequence" => Pipeline.From(Sequence()),
            "asynchronous sequence" => Pipeline.From(SequenceAsync()),
            "channel" => Pipeline.From(channel.Reader),
            "code" => Pipeline.Produce<int>(ProduceAsync),
            _ => Pipeline.From(pushed),
        };
        await using PipelineRun run = producer.Batch(4).ForEach(batches.Add).Start();
        if (source == "channel")
        {
            channel.Writer.TryWrite(7);
            given.SetResult();
        }
        else if (source == "observable")
        {
            (await pushed.Subscribed.Task).OnNext(7);
            given.SetResult();
        }

        await given.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Task pause = run.PauseAsync();
        if (source == "sequence")
        {
            // It executes until it has its next item, or its end: only then it is at rest.
            end.SetResult();
            await Patience.WithAsync(pause, run, source);
        }
        else
        {
            await Patience.WithAsync(pause, run, source);
            end.SetResult();
            channel.Writer.TryComplete();
            if (source == "observable")
            {
                (await pushed.Subscribed.Task).OnCompleted();
            }
            else if (source is "asynchronous sequence" or "code")
            {
                await ended.Task;
            }

            await Patience.WithAsync(run.PauseAsync(), run, source);
        }

        Assert.Empty(batches);
        Assert.False(run.Completion.IsCompleted);
        run.Resume();
        PipelineReport report = await Ended.ReportAsync(run, source);

        Assert.Equal([[7]], batches);
        Assert.Equal(RunOutcome.Completed, report.Outcome);

        IEnumerable<int> Sequence()
        {
            yield return 7;
            given.SetResult();
            end.Task.Wait();
        }

        async IAsyncEnumerable<int> SequenceAsync()
        {
            yield return 7;
            given.SetResult();
            await end.Task;
            ended.SetResult();
        }

        async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            await writer.WriteAsync(7, token);
            given.SetResult();
            await end.Task;
            ended.SetResult();
        }
    }

    private static IEnumerable<int> Endless()
    {
        for (int i = 0; ; i++)
        {
            yield return i;
        }
    }

    private sealed class Pushed : IObservable<int>, IDisposable
    {
        public TaskCompletionSource<IObserver<int>> Subscribed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable Subscribe(IObserver<int> observer)
        {
            Subscribed.SetResult(observer);
            return this;
        }

        public void Dispose()
        {
        }
    }
}

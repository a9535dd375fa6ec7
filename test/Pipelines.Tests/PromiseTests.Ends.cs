using System.Threading.Channels;

namespace Pipelines.Tests;

// How runs end, and what is told of it.
public sealed partial class PromiseTests
{
    [Fact]
    public async Task Cancellation_ThrownByUserCodeForAnotherCause_IsAFailure()
    {
        var timeout = new OperationCanceledException("an HTTP time-out");
        await using PipelineRun run = Pipeline.Range(0, 10).SelectAsync(x => ValueTask.FromException<int>(timeout)).ForEach(_ => { }).Start();

        Assert.Same(timeout, await Ended.ExceptionAsync(run));
        Assert.Equal(RunOutcome.Failed, run.Snapshot().Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Undelivered_DisposableItems_AreDisposedOnlyWhereThatWasAskedFor(bool asked)
    {
        List<MemoryStream> made = [];
        var stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.From(Source())
            .ForEachAsync(async (MemoryStream _, CancellationToken token) =>
            {
                stuck.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            })
            .Start(new() { DisposeUndelivered = asked });
        await stuck.Task;
        run.Abort();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(made.Count, report.Undelivered);
        Assert.All(made, stream => Assert.Equal(!asked, stream.CanRead));

        IEnumerable<MemoryStream> Source()
        {
            for (int i = 0; i < 20; i++)
            {
                made.Add(new MemoryStream());
                yield return made[^1];
            }
        }
    }

    [Fact]
    public async Task Undelivered_HandlerThrows_FailsTheRun()
    {
        var thrown = new InvalidDataException();
        await using PipelineRun run = Pipeline.Range(0, 100).Buffer(10).Take(1).ForEach(_ => { })
            .Start(new PipelineOptions { OnUndelivered = _ => throw thrown });

        // Without anything left over there is nothing to throw at; then the run is complete.
        Exception? error = await Ended.ExceptionAsync(run);
        Assert.Equal(run.Snapshot().Undelivered > 0 ? thrown : null, error);
    }

    [Fact]
    public async Task OneShotSource_SecondRun_IsRefusedWhereItIsStarted()
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        channel.Writer.Complete();
        Pipeline pipeline = Pipeline.From(channel.Reader).ForEach(_ => { });
        await pipeline.RunAsync();

        Assert.Contains("channel", Assert.Throws<InvalidOperationException>(() => { _ = pipeline.RunAsync(); }).Message);
    }

    // A run that does not start has used nothing: what it had already laid its hands on is there for another.
    [Fact]
    public async Task OneShotSource_OfARunThatIsRefusedForAnother_MayStillBeRun()
    {
        Pipeline<int> used = Pipeline.From(Completed(1));
        await used.ToListAsync();
        Pipeline<int> unused = Pipeline.From(Completed(2));
        Pipeline<int> both = Pipeline.Concat(unused, used);

        Assert.Throws<InvalidOperationException>(() => { _ = both.ToListAsync(); });
        Assert.Equal([2], await unused.ToListAsync());
        Assert.Throws<InvalidOperationException>(() => { _ = unused.ToListAsync(); });

        static ChannelReader<int> Completed(int item)
        {
            Channel<int> channel = Channel.CreateUnbounded<int>();
            channel.Writer.TryWrite(item);
            channel.Writer.Complete();
            return channel.Reader;
        }
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_EndsTheRunAndGivesBackTheRest()
    {
        int made = 0;
        int given = 0;
        int read = 0;
        bool disposed = false;
        await foreach (int x in Pipeline.From(Source()).Buffer(4).ReadAllAsync(new PipelineOptions { Capacity = 4, OnUndelivered = _ => given++ }))
        {
            if (++read == 10)
            {
                break;
            }
        }

        Assert.True(disposed);
        Assert.Equal(made, read + given);

        IEnumerable<int> Source()
        {
            try
            {
                while (true)
                {
                    yield return made++;
                }
            }
            finally
            {
                disposed = true;
            }
        }
    }

    [Fact]
    public async Task ReadAllAsync_ABlockFails_YieldsWhatCameBeforeAndThrowsTheOriginal()
    {
        List<int> read = [];
        await Assert.ThrowsAsync<DivideByZeroException>(async () =>
        {
            await foreach (int x in Pipeline.Range(0, 10).Select(x => 10 / (5 - x)).ReadAllAsync())
            {
                read.Add(x);
            }
        });

        Assert.Equal([2, 2, 3, 5, 10], read);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("fail")]
    [InlineData("cancel")]
    public async Task ToChannelWriter_HoweverTheRunEnds_PassesThatOn(string ending)
    {
        using var source = new CancellationTokenSource();
        Channel<int> channel = Channel.CreateUnbounded<int>();
        Pipeline pipeline = Pipeline.Range(0, 10)
            .Do(x =>
            {
                if (x == 5 && ending == "fail")
                {
                    throw new InvalidDataException();
                }

                if (x == 5 && ending == "cancel")
                {
                    source.Cancel();
                }
            })
            .To(channel.Writer);
        await using PipelineRun run = pipeline.Start(cancellationToken: source.Token);
        await Ended.ExceptionAsync(run);
        while (channel.Reader.TryRead(out _))
        {
        }

        Task end = channel.Reader.Completion;
        await end.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(
            ending switch { "fail" => TaskStatus.Faulted, "cancel" => TaskStatus.Canceled, _ => TaskStatus.RanToCompletion }, end.Status);
    }

    [Fact]
    public async Task Produce_WriterCompletedWithAnError_FailsTheRunAndLooksLikeNoGoodEnd()
    {
        var thrown = new InvalidDataException();
        bool sawGoodEnd = false;
        await using PipelineRun run = Pipeline.Produce<int>(async (writer, token) =>
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () => await writer.WriteAsync(i, token), token)));
                writer.Complete(thrown);
            })
            .Consume(async (reader, token) =>
            {
                await foreach (int _ in reader.ReadAllAsync(token))
                {
                }

                sawGoodEnd = true;
            })
            .Start();

        Assert.Same(thrown, await Ended.ExceptionAsync(run));
        Assert.False(sawGoodEnd);
    }
}

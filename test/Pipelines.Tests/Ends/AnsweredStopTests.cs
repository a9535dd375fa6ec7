using System.Threading.Channels;

namespace Pipelines.Tests.Ends;

/// <summary>Producers that answer a stop with an exception of their own, as database and network clients do: a drain stays a drain, and the exception is
/// kept.</summary>
public sealed class AnsweredStopTests
{
    [Theory]
    [InlineData("sequence in MoveNext")]
    [InlineData("sequence in Dispose")]
    [InlineData("asynchronous sequence")]
    [InlineData("asynchronous sequence in DisposeAsync")]
    [InlineData("code")]
    [InlineData("code completes its writer")]
    [InlineData("channel")]
    [InlineData("observable in Dispose")]
    [InlineData("token callback")]
    public async Task StopAsync_ProducerAnswersWithAnException_DrainsAndKeepsIt(string source)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            await TryAsync(source, capacity);
        }
    }

    private static async Task TryAsync(string source, int capacity)
    {
        var answer = new InvalidDataException("the connection was closed");
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = Channel.CreateUnbounded<int>();
        Pipeline<int> producer = source switch
        {
            "sequence in MoveNext" => Pipeline.From(Sequence(true)),
            "sequence in Dispose" => Pipeline.From(Sequence(false)),
            "asynchronous sequence" => Pipeline.From(AsyncSequence(true)),
            "asynchronous sequence in DisposeAsync" => Pipeline.From(AsyncSequence(false)),
            "code" or "token callback" or "code completes its writer" => Pipeline.Produce<int>(ProduceAsync),
            "channel" => Pipeline.From(channel.Reader),
            _ => Pipeline.From(new Pushing(answer, () => reached.TrySetResult()), new() { Capacity = 8 }),
        };
        List<int> consumed = [];
        await using PipelineRun run = producer.Batch(4).Buffer(1).SelectMany(batch => batch, new() { Name = "flatten" }).ForEach(consumed.Add)
            .Start(new PipelineOptions { Capacity = capacity });
        if (source == "channel")
        {
            for (int i = 0; i < 3; i++)
            {
                await channel.Writer.WriteAsync(i);
            }

            Assert.True(SpinWait.SpinUntil(() => channel.Reader.Count == 0, TimeSpan.FromSeconds(60)));
            reached.SetResult();
        }

        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Task<PipelineReport> stop = run.StopAsync(Timeout.InfiniteTimeSpan);
        channel.Writer.TryComplete(answer);
        stopped.TrySetResult();
        PipelineReport report = await stop.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal(0, report.Undelivered);
        Assert.Equal(Enumerable.Range(0, (int)report.Blocks[0].Out), consumed);
        if (source != "channel")
        {
            Assert.Equal(3, consumed.Count);
            Assert.Same(answer, Assert.Single(report.LaterFailures).Exception);
        }

        Conservation.AssertHolds(report);

        IEnumerable<int> Sequence(bool inMove)
        {
            try
            {
                for (int i = 0; i < 3; i++)
                {
                    yield return i;
                }

                reached.SetResult();
                stopped.Task.Wait();
                if (inMove)
                {
                    throw answer;
                }
            }
            finally
            {
                Close(inMove);
            }
        }

        async IAsyncEnumerable<int> AsyncSequence(bool inMove, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            try
            {
                for (int i = 0; i < 3; i++)
                {
                    yield return i;
                }

                reached.SetResult();
                await UntilAsync(token);
                if (inMove)
                {
                    throw answer;
                }
            }
            finally
            {
                Close(inMove);
            }
        }

        void Close(bool isQuiet)
        {
            if (!isQuiet)
            {
                throw answer;
            }
        }

        async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            for (int i = 0; i < 3; i++)
            {
                await writer.WriteAsync(i, token);
            }

            if (source == "token callback")
            {
                token.Register(() => throw answer);
            }

            reached.SetResult();
            await UntilAsync(token);
            if (source == "code")
            {
                throw answer;
            }

            if (source == "code completes its writer")
            {
                writer.TryComplete(answer);
            }
        }
    }

    private static async Task UntilAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
    }

    private sealed class Pushing(Exception answer, Action pushed) : IObservable<int>, IDisposable
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            var pushing = new Thread(() =>
            {
                for (int i = 0; i < 3; i++)
                {
                    observer.OnNext(i);
                }

                pushed();
            });
            pushing.Start();
            pushing.Join();
            return this;
        }

        public void Dispose() => throw answer;
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>Consumers that hand the stream to somebody outside of the run.</summary>
public sealed class ChannelConsumerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task To_RunCompletes_DeliversAllAndCompletesTheChannelUnlessItIsLeftOpen(bool leaveOpen)
    {
        var channel = Channel.CreateBounded<int>(4);
        await using PipelineRun run = Pipeline.Range(0, 1000).To(channel.Writer, leaveOpen: leaveOpen).Start();
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(i, await Patience.WithAsync(channel.Reader.ReadAsync().AsTask(), run));
        }

        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(1000, report.Blocks[^1].Out);
        Assert.Equal(leaveOpen, channel.Writer.TryWrite(1));
        Assert.Equal(!leaveOpen, channel.Reader.Completion.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task To_RunFails_PassesTheExceptionOnUnlessTheChannelIsLeftOpen(bool leaveOpen)
    {
        var thrown = new InvalidDataException();
        var channel = Channel.CreateUnbounded<int>();
        await using PipelineRun run = Pipeline.Range(0, 10).Select(x => x == 5 ? throw thrown : x).To(channel.Writer, leaveOpen: leaveOpen).Start();
        Assert.Same(thrown, await Ended.ExceptionAsync(run));

        Assert.Equal(leaveOpen, channel.Writer.TryWrite(1));
        while (channel.Reader.TryRead(out _))
        {
        }

        if (!leaveOpen)
        {
            Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(channel.Reader.Completion)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task To_RunIsCancelledOrAborted_PassesThatOnAndGivesBackTheRest(bool cancelled)
    {
        using var source = new CancellationTokenSource();
        var channel = Channel.CreateBounded<int>(2);
        int yielded = 0;
        int returned = 0;
        await using PipelineRun run = Pipeline.From(Endless(() => yielded++)).To(channel.Writer)
            .Start(new PipelineOptions { Capacity = 4, OnUndelivered = _ => returned++ }, source.Token);
        Assert.Equal(0, await Patience.WithAsync(channel.Reader.ReadAsync().AsTask(), run));
        if (cancelled)
        {
            await source.CancelAsync();
        }
        else
        {
            run.Abort();
        }

        Exception? error = await Ended.ExceptionAsync(run);
        int read = 1;
        while (channel.Reader.TryRead(out _))
        {
            read++;
        }

        Assert.Equal(cancelled, error is OperationCanceledException);
        var passedOn = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.WithAsync(channel.Reader.Completion));
        Assert.Equal(cancelled ? source.Token : passedOn.CancellationToken, passedOn.CancellationToken);
        Assert.Equal(read, run.Snapshot().Blocks[^1].Out);
        Assert.Equal(yielded, read + returned);
    }

    [Fact]
    public async Task To_SomebodyElseCompletesTheChannel_Fails()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.Complete();
        await using PipelineRun run = Pipeline.Range(0, 10).To(channel.Writer).Start();

        Assert.IsType<ChannelClosedException>(await Ended.ExceptionAsync(run));
        Assert.Equal(0, run.Failure!.Item);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task ReadAllAsync_LeftEarly_LeavesNothingRunningAndGivesBackTheRest(int capacity)
    {
        int yielded = 0;
        int returned = 0;
        int read = 0;
        var scheduler = new CountingScheduler();
        var options = new PipelineOptions { Capacity = capacity, Scheduler = scheduler, OnUndelivered = _ => returned++ };
        await Patience.WithAsync(ReadAsync());

        Assert.Equal(10, read);
        Assert.Equal(yielded, read + returned);
        Assert.True(scheduler.Ever > 0);

        // The task that ended the run may be on its last instructions.
        Assert.True(SpinWait.SpinUntil(() => scheduler.Unfinished == 0, TimeSpan.FromSeconds(60)), "Something is still running.");

        async Task ReadAsync()
        {
            await foreach (int x in Pipeline.From(Endless(() => yielded++)).Buffer(2).ReadAllAsync(options))
            {
                Assert.Equal(read, x);
                if (++read == 10)
                {
                    break;
                }
            }
        }
    }

    [Fact]
    public async Task ReadAllAsync_ToTheEnd_YieldsAllAnewInEachEnumeration()
    {
        IAsyncEnumerable<int> items = Pipeline.Range(0, 1000).ReadAllAsync();

        Assert.Equal(Enumerable.Range(0, 1000), await Patience.WithAsync(items.ToListAsync().AsTask()));
        Assert.Equal(Enumerable.Range(0, 1000), await Patience.WithAsync(items.ToListAsync().AsTask()));
    }

    [Fact]
    public async Task ReadAllAsync_RunFails_YieldsWhatCameBeforeThenThrows()
    {
        var thrown = new InvalidDataException();
        List<int> read = [];
        Task reading = ReadAsync();

        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(reading)));
        Assert.Equal(Enumerable.Range(0, 33), read);

        async Task ReadAsync()
        {
            await foreach (int x in Pipeline.Range(0, 1000).Select(x => x == 33 ? throw thrown : x).ReadAllAsync())
            {
                read.Add(x);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task ToChannelReader_ReadToTheEnd_YieldsAllAndCompletes(int capacity)
    {
        ChannelReader<int> reader = Pipeline.Range(0, 1000).ToChannelReader(new PipelineOptions { Capacity = capacity });

        Assert.Equal(Enumerable.Range(0, 1000), await Patience.WithAsync(reader.ReadAllAsync().ToListAsync().AsTask()));
        await Patience.WithAsync(reader.Completion);
    }

    [Fact]
    public async Task ToChannelReader_RunFails_DeliversWhatCameBeforeThenEndsWithThatException()
    {
        var thrown = new InvalidDataException();
        ChannelReader<int> reader = Pipeline.Range(0, 10).Select(x => x == 2 ? throw thrown : x).ToChannelReader();

        Assert.Equal(0, await Patience.WithAsync(reader.ReadAsync().AsTask()));
        Assert.Equal(1, await Patience.WithAsync(reader.ReadAsync().AsTask()));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => Patience.WithAsync(reader.Completion)));
    }

    [Fact]
    public async Task ToChannelReader_TokenIsCancelled_EndsWithThatToken()
    {
        using var source = new CancellationTokenSource();
        ChannelReader<int> reader = Pipeline.From(Endless(() => { })).ToChannelReader(new PipelineOptions { Capacity = 2 }, source.Token);
        Assert.Equal(0, await Patience.WithAsync(reader.ReadAsync().AsTask()));
        await source.CancelAsync();
        Task draining = reader.ReadAllAsync(CancellationToken.None).ToListAsync(CancellationToken.None).AsTask();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.WithAsync(draining));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.WithAsync(reader.Completion));
    }

    private static IEnumerable<int> Endless(Action count)
    {
        for (int i = 0; ; i++)
        {
            count();
            yield return i;
        }
    }
}

using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

public sealed class SentinelReadingTests
{
    private const string Done = "DONE";

    [Fact]
    public async Task ReadUntilAsync_OneWriterOneReader_EndsAtTheSentinelAndLeavesWhatIsBehind()
    {
        var channel = Channel.CreateUnbounded<string>();
        Write(channel, "a", "b", Done, "c");

        Assert.Equal(["a", "b"], await channel.Reader.ReadUntilAsync(Done).ToListAsync());
        Assert.True(channel.Reader.TryRead(out string? behind));
        Assert.Equal("c", behind);
    }

    [Fact]
    public async Task ReadUntilAsync_ChannelCompletes_EndsWithIt()
    {
        var channel = Channel.CreateUnbounded<string>();
        Write(channel, "a");
        channel.Writer.Complete();

        Assert.Equal(["a"], await channel.Reader.ReadUntilAsync(Done).ToListAsync());
    }

    // One sentinel serves one reader, says the book: a second reader would wait for ever.
    [Fact]
    public async Task ReadUntilAsync_OneSentinelForSeveralReaders_EndsThemAllAndThoseThatComeLater()
    {
        var channel = Channel.CreateUnbounded<string>();
        Task<List<string>>[] reading = [.. Enumerable.Range(0, 3).Select(_ => channel.Reader.ReadUntilAsync(Done).ToListAsync().AsTask())];
        Write(channel, "a", "b", Done, "c");

        List<string>[] read = await Task.WhenAll(reading).InTime();

        Assert.Equal(["a", "b"], read.SelectMany(one => one).Order());
        Assert.Empty(await channel.Reader.ReadUntilAsync(Done).ToListAsync().AsTask().InTime());
        Assert.Equal(1, channel.Reader.Count); // what is behind the sentinel, and no sentinel
    }

    [Fact]
    public async Task ReadUntilAsync_SeveralWriters_EndsAtTheLastSentinelAndLeavesNone()
    {
        await Stress.ForSomeTimeAsync(async seed =>
        {
            var random = new Random(seed);
            int writers = random.Next(1, 6);
            int readers = random.Next(1, 6);
            int items = random.Next(0, 300);
            var pipe = new Pipe<string>(random.Next(1, 9));
            using PipeWriter<string> lease = pipe.OpenWriter();
            Task[] writing = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer)))];
            Task<List<string>>[] reading =
                [.. Enumerable.Range(0, readers).Select(_ => Task.Run(() => pipe.Reader.ReadUntilAsync(Done, writers).ToListAsync().AsTask()))];
            await Task.WhenAll(writing).InTime();
            List<string>[] read = await Task.WhenAll(reading).InTime();

            string context = $"seed {seed}: {writers} writers, {readers} readers, {items} items";
            string[] all = [.. read.SelectMany(list => list)];
            Assert.True(all.Length == writers * items && all.Distinct().Count() == all.Length && !all.Contains(Done), context);
            Assert.True(pipe.Reader.Count == 0, context);

            async Task WriteAsync(int writer)
            {
                for (int i = 0; i < items; i++)
                {
                    await lease.WriteAsync($"{writer} {i}");
                }

                await lease.WriteAsync(Done);
            }
        });
    }

    [Fact]
    public async Task ReadUntilAsync_AnotherSentinelOnTheSameChannel_IsAnotherEnd()
    {
        var channel = Channel.CreateUnbounded<string>();
        Write(channel, "head", "", "body", Done);

        Assert.Equal(["head"], await channel.Reader.ReadUntilAsync("").ToListAsync());
        Assert.Equal(["body"], await channel.Reader.ReadUntilAsync(Done).ToListAsync());
    }

    [Fact]
    public async Task ReadUntilAsync_WithAComparer_TellsTheSentinelByIt()
    {
        var channel = Channel.CreateUnbounded<string>();
        Write(channel, "a", "done", "b");

        Assert.Equal(["a"], await channel.Reader.ReadUntilAsync(Done, writers: 1, StringComparer.OrdinalIgnoreCase).ToListAsync());
    }

    [Fact]
    public async Task ReadUntilAsync_CancelledWhileItWaits_TakesNothingAndLetsTheOthersGoOn()
    {
        var channel = Channel.CreateUnbounded<string>();
        using var source = new CancellationTokenSource();
        ValueTask<List<string>> cancelled = channel.Reader.ReadUntilAsync(Done, source.Token).ToListAsync();
        ValueTask<List<string>> other = channel.Reader.ReadUntilAsync(Done).ToListAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.AsTask().InTime());
        Write(channel, "a", Done);

        Assert.Equal(["a"], await other.AsTask().InTime());
    }

    [Fact]
    public async Task ReadUntilAsync_LoopLeftEarly_LetsTheOthersGoOn()
    {
        var channel = Channel.CreateUnbounded<string>();
        Write(channel, "a", "b", Done);
        await foreach (string item in channel.Reader.ReadUntilAsync(Done))
        {
            Assert.Equal("a", item);
            break;
        }

        Assert.Equal(["b"], await channel.Reader.ReadUntilAsync(Done).ToListAsync().AsTask().InTime());
    }

    [Fact]
    public void ReadUntilAsync_BadArguments_AreRefusedAtTheCall()
    {
        ChannelReader<string> reader = Channel.CreateUnbounded<string>().Reader;
        Assert.Throws<ArgumentNullException>("reader", () => SentinelReading.ReadUntilAsync(null!, Done));
        Assert.Throws<ArgumentOutOfRangeException>("writers", () => reader.ReadUntilAsync(Done, writers: 0));
        reader.ReadUntilAsync(Done, writers: 2);
        Assert.Throws<ArgumentException>("writers", () => reader.ReadUntilAsync(Done));
    }

    private static void Write(Channel<string> channel, params string[] items) => Assert.All(items, item => channel.Writer.TryWrite(item));
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The channels' contract, seen through one lease, and what is true of <see cref="Pipe{T}"/> only.</summary>
public sealed class PipeTests : SharedChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) => new OneLease<T>(new Pipe<T>(capacity));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void New_CapacityBelowOne_Throws(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(capacity), () => new Pipe<int>(capacity));

    [Fact]
    public void New_WithoutCapacity_Holds256() => Assert.Equal(256, new Pipe<int>().Capacity);

    // The book's hazard: the end never comes while anybody still holds a copy of the write end, and comes when the last one is closed.
    [Fact]
    public async Task Reader_OneOfSeveralLeasesIsOpen_WaitsAndIsWokenByTheLastDisposal()
    {
        var pipe = new Pipe<int>(4);
        PipeWriter<int> first = pipe.OpenWriter();
        PipeWriter<int> second = pipe.OpenWriter();
        Assert.True(first.TryWrite(1));
        first.Dispose();
        first.Dispose();
        Assert.True(pipe.Reader.TryRead(out _));
        Task<bool> wait = pipe.Reader.WaitToReadAsync().AsTask();
        Assert.False(wait.IsCompleted);
        Assert.False(pipe.Reader.Completion.IsCompleted);

        second.Dispose();

        Assert.False(await wait.InTime());
        await pipe.Reader.Completion.InTime();
    }

    [Fact]
    public async Task Reader_LastLeaseDisposedWithItemsBuffered_DeliversThemAndThenEnds()
    {
        var pipe = new Pipe<int>(4);
        using (PipeWriter<int> writer = pipe.OpenWriter())
        {
            Assert.True(writer.TryWrite(1));
            Assert.True(writer.TryWrite(2));
        }

        Assert.False(pipe.Reader.Completion.IsCompleted);
        Assert.Equal([1, 2], await pipe.Reader.ReadAllAsync().ToListAsync());
        await pipe.Reader.Completion.InTime();
        await Assert.ThrowsAsync<ChannelClosedException>(() => pipe.Reader.ReadAsync().AsTask());
    }

    [Fact]
    public void Reader_NeverALease_HasNotEnded()
    {
        var pipe = new Pipe<int>();

        Assert.False(pipe.Reader.WaitToReadAsync().AsTask().IsCompleted);
        Assert.False(pipe.Reader.Completion.IsCompleted);
    }

    [Fact]
    public async Task Write_ThroughADisposedLease_Throws()
    {
        var pipe = new Pipe<int>(4);
        using PipeWriter<int> other = pipe.OpenWriter();
        PipeWriter<int> writer = pipe.OpenWriter();
        writer.Dispose();

        Assert.False(writer.TryWrite(1));
        Assert.False(await writer.WaitToWriteAsync());
        await Assert.ThrowsAsync<ChannelClosedException>(() => writer.WriteAsync(1).AsTask());
        Assert.False(writer.TryComplete());
        Assert.True(other.TryWrite(2));
        Assert.Equal(1, pipe.Reader.Count);
    }

    [Fact]
    public void OpenWriter_StreamHasEnded_Throws()
    {
        var pipe = new Pipe<int>();
        pipe.OpenWriter().Dispose();

        Assert.Throws<InvalidOperationException>(pipe.OpenWriter);
    }

    [Fact]
    public async Task Close_LeasesOpen_EndsBehindWhatIsBufferedAndWritersHearIt()
    {
        var pipe = new Pipe<int>(1);
        using PipeWriter<int> writer = pipe.OpenWriter();
        await writer.WriteAsync(1);
        Task waiting = writer.WriteAsync(2).AsTask();

        pipe.Close();
        pipe.Close();

        await Assert.ThrowsAsync<ChannelClosedException>(() => waiting);
        await Assert.ThrowsAsync<ChannelClosedException>(() => writer.WriteAsync(3).AsTask());
        Assert.Throws<InvalidOperationException>(pipe.OpenWriter);
        Assert.Equal([1], await pipe.Reader.ReadAllAsync().ToListAsync());
    }

    [Fact]
    public async Task TryComplete_WithAnError_EndsTheStreamForEverybody()
    {
        var pipe = new Pipe<int>(4);
        using PipeWriter<int> other = pipe.OpenWriter();
        PipeWriter<int> writer = pipe.OpenWriter();
        var error = new InvalidDataException();
        Assert.True(writer.TryWrite(1));
        Assert.True(writer.TryComplete(error));

        Assert.False(other.TryWrite(2));
        Assert.Equal(1, await pipe.Reader.ReadAsync());
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => pipe.Reader.WaitToReadAsync().AsTask()));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidDataException>(() => pipe.Reader.Completion));
    }

    [Fact]
    public async Task FlushAsync_ItemsWait_CompletesWhenTheReaderHasTakenThem()
    {
        var pipe = new Pipe<int>(4);
        using PipeWriter<int> writer = pipe.OpenWriter();
        Assert.True(pipe.FlushAsync().IsCompletedSuccessfully);
        writer.TryWrite(1);
        writer.TryWrite(2);
        Task both = pipe.FlushAsync();
        writer.TryWrite(3);
        Task all = pipe.FlushAsync();
        Assert.Same(all, pipe.FlushAsync());

        pipe.Reader.TryRead(out _);
        Assert.False(both.IsCompleted);
        pipe.Reader.TryRead(out _);
        await both.InTime();
        Assert.False(all.IsCompleted);
        pipe.Reader.TryRead(out _);
        await all.InTime();
    }

    [Fact]
    public async Task FlushAsync_Cancelled_ThrowsAndLeavesTheItems()
    {
        var pipe = new Pipe<int>(4);
        using PipeWriter<int> writer = pipe.OpenWriter();
        writer.TryWrite(1);
        using var source = new CancellationTokenSource();
        Task flush = pipe.FlushAsync(source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipe.FlushAsync(source.Token));
        Assert.Equal(1, pipe.Reader.Count);
    }

    // The book's hazard: cancel_join_thread loses what was not flushed, and says nothing.
    [Fact]
    public async Task Abandon_ItemsWait_GivesThemBackAndEndsReadersWritersAndFlushes()
    {
        var pipe = new Pipe<int>(2);
        using PipeWriter<int> writer = pipe.OpenWriter();
        writer.TryWrite(1);
        writer.TryWrite(2);
        Task write = writer.WriteAsync(3).AsTask();
        Task flush = pipe.FlushAsync();

        Assert.Equal([1, 2], pipe.Abandon());

        await Assert.ThrowsAsync<ChannelClosedException>(() => write);
        await Assert.ThrowsAsync<InvalidOperationException>(() => flush);
        Assert.False(await pipe.Reader.WaitToReadAsync());
        await pipe.Reader.Completion.InTime();
        Assert.Empty(pipe.Abandon());
    }

    [Fact]
    public async Task Abandon_ReaderWaits_EndsIt()
    {
        var pipe = new Pipe<int>(2);
        using PipeWriter<int> writer = pipe.OpenWriter();
        Task<bool> wait = pipe.Reader.WaitToReadAsync().AsTask();

        Assert.Empty(pipe.Abandon());

        Assert.False(await wait.InTime());
    }

    [Fact]
    public async Task Lease_LeftToTheGarbageCollector_EndsTheStreamAndSaysSo()
    {
        var pipe = new Pipe<int>(4);
        Forget(pipe);
        Task<bool> end = NextEndAsync(pipe.Reader);
        while (!end.IsCompleted)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        InvalidOperationException lost = await Assert.ThrowsAsync<InvalidOperationException>(() => end);
        Assert.Contains("garbage collector", lost.Message, StringComparison.Ordinal);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(Pipe<int> pipe) => pipe.OpenWriter().TryWrite(1);

        static async Task<bool> NextEndAsync(ChannelReader<int> reader)
        {
            Assert.Equal(1, await reader.ReadAsync());
            return await reader.WaitToReadAsync();
        }
    }

    [Fact]
    public async Task Pipe_ManyWritersAndReaders_DeliversEachItemOnceInEachWritersOrder()
    {
        await Stress.ForSomeTimeAsync(async seed =>
        {
            var random = new Random(seed);
            int writers = random.Next(1, 6);
            int readers = random.Next(1, 6);
            int items = random.Next(0, 2000);
            var pipe = new Pipe<(int Writer, int Item)>(random.Next(1, 20));
            Task[] writing =
                [.. Enumerable.Range(0, writers).Select(_ => pipe.OpenWriter()).ToArray().Select((lease, writer) => Task.Run(() => WriteAsync(lease, writer)))];
            Task<List<(int Writer, int Item)>>[] reading =
                [.. Enumerable.Range(0, readers).Select(_ => Task.Run(() => pipe.Reader.ReadAllAsync().ToListAsync().AsTask()))];
            await Task.WhenAll(writing).InTime();
            List<(int Writer, int Item)>[] read = await Task.WhenAll(reading).InTime();

            string context = $"seed {seed}: {writers} writers, {readers} readers, {items} items";
            Assert.True(read.Sum(list => list.Count) == writers * items, context);
            Assert.True(read.SelectMany(list => list).Distinct().Count() == writers * items, context);
            foreach (List<(int Writer, int Item)> list in read)
            {
                Assert.All(
                    list.GroupBy(one => one.Writer),
                    own => Assert.True(own.Select(one => one.Item).SequenceEqual(own.Select(one => one.Item).Order()), context));
            }

            async Task WriteAsync(PipeWriter<(int, int)> lease, int writer)
            {
                using (lease)
                {
                    for (int i = 0; i < items; i++)
                    {
                        await lease.WriteAsync((writer, i));
                    }
                }
            }
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Pipe_InTheStorm_LosesNothingAndDeliversNothingCancelled(int capacity) =>
        await Stress.ForSomeTimeAsync(async seed =>
        {
            var channel = new OneLease<int>(new Pipe<int>(capacity));
            StormTally tally = await new CancellationStorm(channel, 100_000, seed).RunAsync();
            Assert.True(tally.IsClean, $"Seed {seed}: {tally}.");
            await channel.Reader.Completion.InTime();
        });

    private sealed class OneLease<T> : Channel<T>
    {
        public OneLease(Pipe<T> pipe)
        {
            Reader = pipe.Reader;
            Writer = pipe.OpenWriter();
        }
    }
}

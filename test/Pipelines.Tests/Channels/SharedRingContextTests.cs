using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>Where a wait on a shared side goes on, and that whoever decides it is asked behind the lock.</summary>
public sealed class SharedRingContextTests
{
    // ReadAllAsync awaits with ConfigureAwait(false): inside of a run it must stay on the run's scheduler all the same.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAllAsync_OnAScheduler_StaysThereIfTold(bool stays)
    {
        var channel = new SharedRing<int>(2, stays);
        TaskScheduler scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        Task<Task<TaskScheduler>> begun = Task.Factory.StartNew(
            async () =>
            {
                await using ConfiguredCancelableAsyncEnumerable<int>.Enumerator items =
                    channel.Reader.ReadAllAsync().ConfigureAwait(false).GetAsyncEnumerator();
                await items.MoveNextAsync();
                return TaskScheduler.Current;
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler);
        Task<TaskScheduler> reading = await begun.InTime();

        Assert.True(channel.Writer.TryWrite(1));

        Assert.Same(stays ? scheduler : TaskScheduler.Default, await reading.InTime());
    }

    /// <summary>A scheduler that waits for another user of the channel hung both, when it was called under the channel's lock.</summary>
    [Theory]
    [InlineData(WaitKind.WaitToRead)]
    [InlineData(WaitKind.Read)]
    [InlineData(WaitKind.WaitToWrite)]
    [InlineData(WaitKind.Write)]
    public async Task Wake_SchedulerWaitsForAnotherUserOfTheChannel_DoesNotHang(WaitKind kind)
    {
        var pipe = new Pipe<int>(2);
        using PipeWriter<int> writer = pipe.OpenWriter();
        var channel = new Both(pipe.Reader, writer);
        if (kind is WaitKind.WaitToWrite or WaitKind.Write)
        {
            Assert.True(writer.TryWrite(1));
            Assert.True(writer.TryWrite(2));
        }

        var context = new WaitingContext(() => pipe.Reader.TryPeek(out _));
        Task<Resumption> waiting = context.Run(() => kind.ResumeAsync(channel, captureContext: true));

        await Task.Run(() => kind.Wake(channel)).InTime();

        await waiting.InTime();
        Assert.True(context.HasGotThrough);
    }

    private sealed class Both : Channel<int>
    {
        public Both(ChannelReader<int> reader, ChannelWriter<int> writer) => (Reader, Writer) = (reader, writer);
    }

    private sealed class WaitingContext(Action use) : SynchronizationContext
    {
        public bool HasGotThrough { get; private set; }

        public T Run<T>(Func<T> call)
        {
            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            try
            {
                return call();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            var other = new Thread(() => use());
            other.Start();
            HasGotThrough = other.Join(InTimeExtensions.Limit);
            ThreadPool.QueueUserWorkItem(_ => d(state));
        }
    }
}

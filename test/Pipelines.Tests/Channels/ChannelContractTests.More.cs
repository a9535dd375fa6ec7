using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The rest of what the runtime's own suite asks.</summary>
public abstract partial class ChannelContractTests
{
    [Fact]
    public void Cast_ToItsSides_GivesThem()
    {
        Channel<int> channel = Create();

        Assert.Same(channel.Reader, (ChannelReader<int>)channel);
        Assert.Same(channel.Writer, (ChannelWriter<int>)channel);
        Assert.Same(channel.Reader.Completion, channel.Reader.Completion);
    }

    [Fact]
    public async Task WaitToWriteAsync_ReaderIsWaiting_IsTrueAtOnce()
    {
        Channel<int> channel = Create();
        ValueTask<int> read = channel.Reader.ReadAsync();

        ValueTask<bool> wait = channel.Writer.WaitToWriteAsync();

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(await wait);
        Assert.True(channel.Writer.TryWrite(1));
        Assert.Equal(1, await read.InTime());
    }

    [Fact]
    public void TryPeek_Completed_SeesWhatIsThere()
    {
        Channel<int> channel = Create();
        Assert.True(channel.Writer.TryWrite(84));
        channel.Writer.Complete();

        Assert.True(channel.Reader.TryPeek(out int peeked));
        Assert.True(channel.Reader.TryRead(out int read));
        Assert.Equal((84, 84), (peeked, read));
        Assert.False(channel.Reader.TryPeek(out int none));
        Assert.Equal(0, none);
    }

    /// <summary>The item and the answer of a wait are of the same type.</summary>
    [Fact]
    public async Task AnyCall_ItemsAreBooleans_GivesTheItem()
    {
        Channel<bool> channel = Create<bool>(1);
        ValueTask<bool> read = channel.Reader.ReadAsync();
        Assert.True(channel.Writer.TryWrite(false));
        Assert.False(await read.InTime());

        ValueTask<bool> wait = channel.Reader.WaitToReadAsync();
        Assert.True(channel.Writer.TryWrite(false));
        Assert.True(await wait.InTime());

        ValueTask write = channel.Writer.WriteAsync(true);
        Assert.False(await channel.Reader.ReadAsync());
        await write.InTime();
        Assert.True(await channel.Reader.ReadAsync());
    }

    [Fact]
    public async Task ReadAsync_SomeCancelled_TheNextOnesReadInOrder()
    {
        Channel<int> channel = Create();
        for (int i = 0; i < 5; i++)
        {
            using var source = new CancellationTokenSource();
            ValueTask<int> read = channel.Reader.ReadAsync(source.Token);
            await source.CancelAsync();
            await AssertCancelled(read.AsTask(), source.Token);
        }

        for (int i = 0; i < 7; i++)
        {
            ValueTask<int> read = channel.Reader.ReadAsync();
            await channel.Writer.WriteAsync(i);
            Assert.Equal(i, await read.InTime());
        }
    }

    [Fact]
    public async Task ReadAllAsync_ToItsEnd_GoesOnSayingSo()
    {
        Channel<int> channel = Create();
        await using IAsyncEnumerator<int> items = channel.Reader.ReadAllAsync().GetAsyncEnumerator();
        ValueTask<bool> next = items.MoveNextAsync();
        Assert.False(next.IsCompleted);
        channel.Writer.Complete();
        Assert.False(await next.InTime());

        Assert.False(await items.MoveNextAsync());
    }

    [Fact]
    public async Task ReadAllAsync_ItemsThere_YieldsThemWithoutWaiting()
    {
        Channel<int> channel = Create();
        await using IAsyncEnumerator<int> items = channel.Reader.ReadAllAsync().GetAsyncEnumerator();
        for (int i = 0; i < 10; i++)
        {
            Assert.True(channel.Writer.TryWrite(i));
            ValueTask<bool> next = items.MoveNextAsync();
            Assert.True(next.IsCompletedSuccessfully);
            Assert.True(await next);
            Assert.Equal(i, items.Current);
        }
    }

    public static TheoryData<WaitKind, bool, bool, bool?> Continuations()
    {
        var cases = new TheoryData<WaitKind, bool, bool, bool?>();
        foreach (WaitKind kind in Enum.GetValues<WaitKind>())
        {
            foreach (bool endsBefore in (bool[])[false, true])
            {
                foreach (bool flows in (bool[])[false, true])
                {
                    cases.Add(kind, endsBefore, flows, null);
                    cases.Add(kind, endsBefore, flows, true);
                    cases.Add(kind, endsBefore, flows, false);
                }
            }
        }

        return cases;
    }

    /// <summary>Where the continuation goes on, and with whose AsyncLocals, in every way to hand it over.</summary>
    [Theory]
    [MemberData(nameof(Continuations))]
    public async Task OnCompleted_AnyContext_GoesOnWhereItWasAsked(WaitKind kind, bool endsBefore, bool flows, bool? captures)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        IPending pending = Begin(kind, channel);
        var local = new AsyncLocal<int>();
        var context = new FlowingContext();
        var went = new TaskCompletionSource<(SynchronizationContext? Context, int Local)>();
        if (endsBefore)
        {
            kind.Wake(channel);
        }

        local.Value = 42;
        context.Run(() => pending.OnCompleted(() => went.SetResult((SynchronizationContext.Current, local.Value)), flows, captures));
        local.Value = 0;
        if (!endsBefore)
        {
            kind.Wake(channel);
        }

        (SynchronizationContext? at, int value) = await went.Task.InTime();
        Assert.Same(captures != false ? context : null, at);
        if (!endsBefore)
        {
            Assert.Equal(flows ? 42 : 0, value);
        }

        Assert.True(pending.IsCompleted);
        pending.GetResult();
    }

    // A post takes the execution context along, as those of user interfaces do.
    private sealed class FlowingContext : SynchronizationContext
    {
        public void Run(Action call)
        {
            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            try
            {
                call();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public override void Post(SendOrPostCallback d, object? state) => ThreadPool.QueueUserWorkItem(_ => Run(() => d(state)));
    }
}

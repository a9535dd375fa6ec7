using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>
/// A value task that is asked before it has ended, awaited twice or too late throws at whoever does that, and nobody else is hurt: not the wait, not another
/// channel. With pooled state machines behind it the next taker got the same one, and the process died.
/// </summary>
public abstract partial class ChannelContractTests
{
    [Theory]
    [MemberData(nameof(Waits))]
    public async Task GetResult_NotEnded_ThrowsAndLeavesTheWait(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        IPending pending = Begin(kind, channel);

        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<InvalidOperationException>(pending.GetResult);
        }

        Assert.False(pending.IsCompleted);
        kind.Wake(channel);
        await pending.AsTask().InTime();
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task AnyUse_Consumed_Throws(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        IPending pending = Begin(kind, channel);
        kind.Wake(channel);
        await pending.AsTask().InTime();

        Assert.Throws<InvalidOperationException>(() => pending.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => pending.OnCompleted(() => { }));
        Assert.Throws<InvalidOperationException>(pending.GetResult);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public void OnCompleted_Twice_Throws(WaitKind kind)
    {
        IPending pending = Begin(kind, CreateToWaitOn(kind));
        pending.OnCompleted(() => { });

        Assert.Throws<InvalidOperationException>(() => pending.OnCompleted(() => { }));
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task OnCompleted_TwiceFromAnotherContext_LeavesTheFirstWhereItWaits(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        IPending pending = Begin(kind, channel);
        var went = new TaskCompletionSource<SynchronizationContext?>();
        pending.OnCompleted(() => went.SetResult(SynchronizationContext.Current));
        var context = new CountingContext();
        context.Run(() =>
        {
            Assert.Throws<InvalidOperationException>(() => pending.OnCompleted(() => { }));
            return 0;
        });

        kind.Wake(channel);

        Assert.NotSame(context, await went.Task.InTime());
    }

    /// <summary>Everything that can be done wrong with one channel, and then others of its kind work as ever.</summary>
    [Theory]
    [MemberData(nameof(Waits))]
    public async Task AnyMisuse_OfOneChannel_LeavesOthersAlone(WaitKind kind)
    {
        for (int round = 0; round < 50; round++)
        {
            Channel<int> misused = CreateToWaitOn(kind);
            IPending stale = Begin(kind, misused);
            Record.Exception(stale.GetResult);
            kind.Wake(misused);
            await stale.AsTask().InTime();
            Channel<int>[] others = [.. Enumerable.Range(0, 4).Select(_ => CreateToWaitOn(kind)), misused];
            Refill(kind, misused);
            IPending[] waits = [.. others.Select(channel => Begin(kind, channel))];

            Record.Exception(stale.GetResult);
            Record.Exception(() => stale.OnCompleted(() => throw new InvalidOperationException("a continuation of a stale value task ran")));
            Record.Exception(() => stale.IsCompleted);

            for (int i = 0; i < others.Length; i++)
            {
                Assert.False(waits[i].IsCompleted);
                kind.Wake(others[i]);
                await waits[i].AsTask().InTime();
            }
        }
    }

    private static void Refill(WaitKind kind, Channel<int> channel)
    {
        if (kind is WaitKind.WaitToRead or WaitKind.Read)
        {
            channel.Reader.TryRead(out _);
        }
        else
        {
            channel.Writer.TryWrite(9);
        }
    }

    private static IPending Begin(WaitKind kind, Channel<int> channel) => kind switch
    {
        WaitKind.WaitToRead => new Pending<bool>(channel.Reader.WaitToReadAsync()),
        WaitKind.Read => new Pending<int>(channel.Reader.ReadAsync()),
        WaitKind.WaitToWrite => new Pending<bool>(channel.Writer.WaitToWriteAsync()),
        _ => new Pending(channel.Writer.WriteAsync(3)),
    };
}

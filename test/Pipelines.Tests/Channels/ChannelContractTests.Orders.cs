using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>Completion finishes in whatever order the reading, the end and the asking for it come. It once never did where all was read before the end
/// came.</summary>
public abstract partial class ChannelContractTests
{
    public static TheoryData<int, bool, bool> Orders()
    {
        var orders = new TheoryData<int, bool, bool>();
        for (int readBefore = 0; readBefore <= 2; readBefore++)
        {
            orders.Add(readBefore, true, true);
            orders.Add(readBefore, true, false);
            orders.Add(readBefore, false, true);
            orders.Add(readBefore, false, false);
        }

        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Completion_ReadAndCompletedInAnyOrder_Finishes(int readBefore, bool askedBefore, bool fails)
    {
        Channel<int> channel = CreateFull();
        Task? asked = askedBefore ? channel.Reader.Completion : null;
        for (int i = 0; i < readBefore; i++)
        {
            Assert.True(channel.Reader.TryRead(out _));
        }

        Assert.True(channel.Writer.TryComplete(fails ? _error : null));
        Assert.Equal(readBefore == 2, channel.Reader.Completion.IsCompleted);
        for (int i = readBefore; i < 2; i++)
        {
            Assert.True(channel.Reader.TryRead(out _));
        }

        Exception? thrown = await Record.ExceptionAsync(() => channel.Reader.Completion.InTime());
        Assert.Same(fails ? _error : null, thrown);
        Assert.Same(asked ?? channel.Reader.Completion, channel.Reader.Completion);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Completion_EndedWhileSomebodyWaits_Finishes(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        Task<Resumption> waiting = kind.ResumeAsync(channel, captureContext: false);

        channel.Writer.Complete();

        await waiting.InTime();
        while (channel.Reader.TryRead(out _))
        {
        }

        await channel.Reader.Completion.InTime();
    }

    [Fact]
    public async Task Completion_NeitherReadNorWritten_FinishesWithTheEnd()
    {
        Channel<int> channel = Create();
        channel.Writer.Complete();

        await channel.Reader.Completion.InTime();
    }
}

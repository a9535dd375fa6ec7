using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>
/// What the runtime's bounded channel promises to one reader and one writer, after the runtime's own ChannelTestBase. The in-box
/// channel runs through it too: that keeps us from testing for what only we believe in.
/// </summary>
public abstract partial class ChannelContractTests
{
    public static TheoryData<int> Capacities => [1, 2, 3, 4, 5, 7, 8, 16, 17, 100, 256];

    protected abstract Channel<T> Create<T>(int capacity);

    /// <summary>Small enough that a few items fill it, and that one read makes room for a waiting writer.</summary>
    protected Channel<int> Create() => Create<int>(2);

    protected Channel<int> CreateFull()
    {
        Channel<int> channel = Create();
        Assert.True(channel.Writer.TryWrite(1));
        Assert.True(channel.Writer.TryWrite(2));
        return channel;
    }

    [Fact]
    public void CanCount_New_IsTrue() => Assert.True(Create().Reader.CanCount);

    [Fact]
    public void CanPeek_New_IsTrue() => Assert.True(Create().Reader.CanPeek);

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Count_WhileItemsComeAndGo_IsWhatWaits(int capacity)
    {
        Channel<int> channel = Create<int>(capacity);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < capacity; i++)
            {
                Assert.Equal(i, channel.Reader.Count);
                Assert.True(channel.Writer.TryWrite(i));
            }

            for (int i = capacity; i > 0; i--)
            {
                Assert.Equal(i, channel.Reader.Count);
                Assert.True(channel.Reader.TryRead(out _));
            }

            Assert.Equal(0, channel.Reader.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void TryWrite_CapacityReached_ReturnsFalse(int capacity)
    {
        Channel<int> channel = Create<int>(capacity);
        for (int i = 0; i < capacity; i++)
        {
            Assert.True(channel.Writer.TryWrite(i));
        }

        Assert.False(channel.Writer.TryWrite(-1));
        Assert.Equal(capacity, channel.Reader.Count);
    }

    [Fact]
    public void TryWrite_OneReadFromFull_ReturnsTrueOnce()
    {
        Channel<int> channel = CreateFull();

        Assert.True(channel.Reader.TryRead(out _));

        Assert.True(channel.Writer.TryWrite(3));
        Assert.False(channel.Writer.TryWrite(4));
    }

    [Fact]
    public void TryRead_Empty_ReturnsFalseAndTheDefault()
    {
        int item = 7;

        Assert.False(Create().Reader.TryRead(out item));
        Assert.Equal(0, item);
    }

    [Fact]
    public void TryRead_ReadToTheLast_ReturnsFalse()
    {
        Channel<int> channel = CreateFull();

        Assert.True(channel.Reader.TryRead(out int first));
        Assert.True(channel.Reader.TryRead(out int second));

        Assert.Equal((1, 2), (first, second));
        Assert.False(channel.Reader.TryRead(out _));
    }

    [Fact]
    public void TryPeek_Empty_ReturnsFalseAndTheDefault()
    {
        int item = 7;

        Assert.False(Create().Reader.TryPeek(out item));
        Assert.Equal(0, item);
    }

    [Fact]
    public void TryPeek_ItemThere_LeavesIt()
    {
        Channel<int> channel = CreateFull();

        Assert.True(channel.Reader.TryPeek(out int peeked));
        Assert.True(channel.Reader.TryPeek(out int again));

        Assert.Equal((1, 1), (peeked, again));
        Assert.Equal(2, channel.Reader.Count);
        Assert.True(channel.Reader.TryRead(out int read));
        Assert.Equal(1, read);
    }

    [Fact]
    public void TryPeek_LastItemRead_ReturnsFalse()
    {
        Channel<int> channel = Create();
        channel.Writer.TryWrite(1);
        channel.Reader.TryRead(out _);

        Assert.False(channel.Reader.TryPeek(out _));
    }
}

using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    [Fact]
    public async Task ReadAllAsync_Completed_YieldsEverythingInOrder()
    {
        Channel<int> channel = CreateFull();
        channel.Writer.Complete();

        Assert.Equal([1, 2], await ReadAll(channel).InTime());
        Assert.True(channel.Reader.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task ReadAllAsync_WriterSlowerThanReader_YieldsEverythingInOrder()
    {
        Channel<int> channel = Create();
        Task<List<int>> all = ReadAll(channel);
        for (int i = 0; i < 100; i++)
        {
            await channel.Writer.WriteAsync(i).InTime();
        }

        channel.Writer.Complete();

        Assert.Equal(Enumerable.Range(0, 100), await all.InTime());
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_LeavesTheRest()
    {
        Channel<int> channel = CreateFull();

        await foreach (int item in channel.Reader.ReadAllAsync())
        {
            Assert.Equal(1, item);
            break;
        }

        Assert.Equal(1, channel.Reader.Count);
        Assert.Equal(2, await channel.Reader.ReadAsync().InTime());
    }

    [Fact]
    public async Task ReadAllAsync_CompletedWithError_YieldsWhatIsThereThenThrowsIt()
    {
        Channel<int> channel = CreateFull();
        var error = new FormatException();
        channel.Writer.Complete(error);
        var items = new List<int>();

        Exception thrown = await Assert.ThrowsAsync<FormatException>(() => ReadAll(channel, items).InTime());

        Assert.Same(error, thrown);
        Assert.Equal([1, 2], items);
    }

    private static async Task<List<int>> ReadAll(Channel<int> channel, List<int>? items = null)
    {
        items ??= [];
        await foreach (int item in channel.Reader.ReadAllAsync())
        {
            items.Add(item);
        }

        return items;
    }
}

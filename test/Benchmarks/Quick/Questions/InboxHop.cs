using System.Threading.Channels;
using Pipelines.Hosting;

namespace Benchmarks.Quick.Questions;

/// <summary>The same between two tasks, who wait for each other.</summary>
internal sealed class InboxHop : Question
{
    public override string Title => "inbox of a hosted pipeline: an item from one task to another";

    public override string Target => "at most 1.5 times the in-box channel";

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("PipelineInbox.TryAdd, AddAsync", static items =>
        {
            var inbox = new MemoryInbox<int>("benchmark", Capacity);
            return PassAsync(
                async () =>
                {
                    for (int i = 0; i < items; i++)
                    {
                        if (!inbox.TryAdd(i))
                        {
                            await inbox.AddAsync(i);
                        }
                    }

                    inbox.Close();
                },
                inbox.Reader);
        }),
        new("Channel.CreateBounded, one reader", static items =>
        {
            var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true });
            return PassAsync(
                async () =>
                {
                    for (int i = 0; i < items; i++)
                    {
                        if (!channel.Writer.TryWrite(i))
                        {
                            await channel.Writer.WriteAsync(i);
                        }
                    }

                    channel.Writer.Complete();
                },
                channel.Reader);
        }),
    ];

    public override long Expected(int items) => items * (items - 1L) / 2;

    private static async Task<long> PassAsync(Func<Task> write, ChannelReader<int> reader)
    {
        Task writing = Task.Run(write);
        long sum = await Task.Run(async () =>
        {
            long sum = 0;
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out int item))
                {
                    sum += item;
                }
            }

            return sum;
        });
        await writing;
        return sum;
    }
}

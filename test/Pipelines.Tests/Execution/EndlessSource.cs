using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Execution;

/// <summary>A source of each kind, which ends only when it is told to.</summary>
internal static class EndlessSource
{
    public static Pipeline<int> Of(string source, CancellationToken enough)
    {
        return source switch
        {
            "range" => Pipeline.Range(0, int.MaxValue),
            "sequence" => Pipeline.From(Forever()),
            "asynchronous sequence" => Pipeline.From(ForeverAsync()),
            "channel" => Pipeline.From(Channelled()),
            "code" => Pipeline.Produce<int>(WriteAsync),
            "block" => Pipeline.From(Block()),
            "merge" => Pipeline.Merge(Pipeline.Range(0, int.MaxValue), Pipeline.From(ForeverAsync())),
            _ => Pipeline.Concat(Pipeline.Range(0, 500), Pipeline.Produce<int>(WriteAsync)),
        };

        static IEnumerable<int> Forever()
        {
            while (true)
            {
                yield return 1;
            }
        }

        static async IAsyncEnumerable<int> ForeverAsync()
        {
            while (true)
            {
                await Task.Yield();
                yield return 1;
            }
        }

        static async Task WriteAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            while (true)
            {
                await writer.WriteAsync(1, token);
            }
        }

        ChannelReader<int> Channelled()
        {
            var channel = Channel.CreateBounded<int>(8);
            _ = Task.Run(async () =>
            {
                while (await channel.Writer.WaitToWriteAsync(enough))
                {
                    channel.Writer.TryWrite(1);
                }
            }, CancellationToken.None);
            return channel.Reader;
        }

        ISourceBlock<int> Block()
        {
            var block = new BufferBlock<int>(new DataflowBlockOptions { BoundedCapacity = 8 });
            _ = Task.Run(async () =>
            {
                while (await block.SendAsync(1, enough))
                {
                }
            }, CancellationToken.None);
            return block;
        }
    }
}

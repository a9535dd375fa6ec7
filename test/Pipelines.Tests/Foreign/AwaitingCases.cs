using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Foreign;

/// <summary>Pipelines in which the library awaits something that is not its own, in each of the places where it does.</summary>
internal static class AwaitingCases
{
    public static IReadOnlyList<BlockCase> List { get; } =
    [
        Case("ForEachAsync", (p, see) => p.Tee(branch => branch.ForEachAsync(async x => await LaterAsync(see, x)))),
        Case("WhereAsync", (p, see) => p.WhereAsync(async x => await LaterAsync(see, x) % 2 == 0)),
        Case("a limit", (p, see) => p.SelectAsync(async x => await LaterAsync(see, x), new() { Timeout = TimeSpan.FromHours(1) })),
        Case("a limit that is exceeded", (p, see) => p.SelectAsync(
            async (x, token) => x % 10 == 5 ? await NeverAsync(token) : await LaterAsync(see, x),
            new() { Timeout = TimeSpan.FromMilliseconds(1), OnError = ErrorPolicy.Skip })) with { CanFail = false },
        Case("letters to a full channel", (p, see) => p.Do(
            x => SeeOrFail(see, x), new() { OnError = ErrorPolicy.DeadLetter(FullChannel()) })) with { CanFail = false },
        Case("letters to a full channel from a pool", (p, see) => p.SelectAsync(
            async x => await LaterOrFailAsync(see, x), new() { Parallelism = 3, OnError = ErrorPolicy.DeadLetter(FullChannel()) })) with { CanFail = false },
        Case("letters to a delegate, several at once", (p, see) =>
        {
            ErrorPolicy letters = ErrorPolicy.DeadLetter(_ => Thread.Yield());
            return p.SelectAsync(async x => await LaterOrFailAsync(see, x), new() { Parallelism = 4, Ordered = false, OnError = letters })
                .SelectAsync(async x => await LaterOrFailAsync(see, x + 1), new() { Parallelism = 4, OnError = letters });
        }) with { CanFail = false },
        Case("resources of workers", (p, see) => p.SelectAsync(
            () => new Resource(), async (_, x, _) => await LaterAsync(see, x), new() { Parallelism = 3 })),
        Case("a step of the user's", (p, see) => p.Fuse(() => new OwnedStep(see))),
        Case("through a Dataflow block", (p, see) => p.Do(see).Through(Watched(new TransformBlock<int, int>(x => x, new() { BoundedCapacity = 2 })))),
        Case("to a Dataflow block", (p, see) => p.Do(see).Tee(
            branch => branch.To(Watched(new ActionBlock<int>(async _ => await Task.Yield(), new() { BoundedCapacity = 1 }))))),
        Case("from a Dataflow block", (p, see) => p.Do(see).Merge(Pipeline.From(Source()))),
        Case("from a channel", (p, see) => p.Do(see).Merge(Pipeline.From(Filled(1)))),
        Case("to a channel", (p, see) => p.Do(see).Tee(branch => branch.To(Emptied()))),
    ];

    private static BlockCase Case(string name, Func<Pipeline<int>, Action<int>, Pipeline<int>> apply) =>
        new(name, apply, items => items) { InLine = false, HasBranch = true };

    private static async ValueTask<int> LaterAsync(Action<int> see, int x)
    {
        await Task.Yield();
        see(x);
        return x;
    }

    private static async ValueTask<int> LaterOrFailAsync(Action<int> see, int x)
    {
        await Task.Yield();
        SeeOrFail(see, x);
        return x;
    }

    private static async ValueTask<int> NeverAsync(CancellationToken token)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        return 0;
    }

    private static void SeeOrFail(Action<int> see, int x)
    {
        see(x);
        if (x % 2 == 0)
        {
            throw new FormatException($"item {x}");
        }
    }

    // It is always full, but for the moment in which somebody takes what is in it.
    private static ChannelWriter<DeadLetter> FullChannel()
    {
        Channel<DeadLetter> letters = Channel.CreateBounded<DeadLetter>(1);
        _ = Task.Run(async () =>
        {
            while (await letters.Reader.WaitToReadAsync())
            {
                await Task.Yield();
                letters.Reader.TryRead(out _);
            }
        });
        return letters.Writer;
    }

    private static ChannelReader<int> Filled(int capacity)
    {
        Channel<int> channel = Channel.CreateBounded<int>(capacity);
        _ = Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await channel.Writer.WriteAsync(i);
            }

            channel.Writer.Complete();
        });
        return channel.Reader;
    }

    private static ChannelWriter<int> Emptied()
    {
        Channel<int> channel = Channel.CreateBounded<int>(1);
        _ = Task.Run(async () =>
        {
            try
            {
                while (await channel.Reader.WaitToReadAsync())
                {
                    await Task.Yield();
                    channel.Reader.TryRead(out _);
                }
            }
            catch (Exception error) when (error is HostileException or InvalidDataException or OperationCanceledException)
            {
                // How the run has ended.
            }
        });
        return channel.Writer;
    }

    // A block that was faulted is the user's, who looks at it.
    private static TBlock Watched<TBlock>(TBlock block)
        where TBlock : IDataflowBlock
    {
        _ = block.Completion.ContinueWith(static end => _ = end.Exception, TaskScheduler.Default);
        return block;
    }

    private static BufferBlock<int> Source()
    {
        var source = new BufferBlock<int>();
        for (int i = 0; i < 100; i++)
        {
            source.Post(i);
        }

        source.Complete();
        return source;
    }

    private sealed class Resource : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.Yield();
    }

    private sealed class OwnedStep(Action<int> see) : IStep<int, int>, IAsyncDisposable
    {
        public bool TryNext(int item, out int result)
        {
            see(item);
            result = item;
            return true;
        }

        public bool TryFlush(out int result)
        {
            result = 0;
            return false;
        }

        public async ValueTask DisposeAsync() => await Task.Yield();
    }
}

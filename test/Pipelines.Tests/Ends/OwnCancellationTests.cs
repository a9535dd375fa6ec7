using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Ends;

/// <summary>An <see cref="OperationCanceledException"/> of somebody's own (an HTTP time-out) is a failure like any other, from whichever member runs the
/// pipeline.</summary>
public sealed class OwnCancellationTests
{
    private static readonly Dictionary<string, Func<Pipeline<int>, Task>> s_verbs = new()
    {
        ["RunAsync"] = p => p.ForEach(_ => { }).RunAsync(),
        ["RunAsync with options"] = p => p.ForEach(_ => { }).RunAsync(new PipelineOptions()),
        ["Completion"] = p => p.ForEach(_ => { }).Start().Completion,
        ["StopAsync"] = p => p.ForEach(_ => { }).Start().StopAsync(Timeout.InfiniteTimeSpan),
        ["ToListAsync"] = p => p.ToListAsync(),
        ["ToArrayAsync"] = p => p.ToArrayAsync(),
        ["ToDictionaryAsync"] = p => p.Index().ToDictionaryAsync(one => one.Index),
        ["ToDictionaryAsync with values"] = p => p.Index().ToDictionaryAsync(one => one.Index, one => one.Item),
        ["CountAsync"] = p => p.CountAsync(),
        ["LongCountAsync"] = p => p.LongCountAsync(),
        ["AggregateAsync"] = p => p.AggregateAsync(0, (sum, x) => sum + x),
        ["FirstAsync"] = p => p.Where(x => x > 1_000_000).FirstAsync(),
        ["FirstOrDefaultAsync"] = p => p.Where(x => x > 1_000_000).FirstOrDefaultAsync(),
        ["ToSourceBlock"] = p =>
        {
            ISourceBlock<int> block = p.ToSourceBlock();
            block.LinkTo(DataflowBlock.NullTarget<int>());
            return block.Completion;
        },
        ["ToChannelReader"] = DrainAsync,
        ["PauseAsync"] = PauseAsync,
    };

    public static TheoryData<string> Verbs() => new(s_verbs.Keys);

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Verb_DelegateThrowsItsOwnCancellation_IsFaultedWithIt(string verb)
    {
        using var foreign = new CancellationTokenSource();
        await foreign.CancelAsync();
        foreach ((string place, Func<Exception, Pipeline<int>> build) in Places())
        {
            foreach (OperationCanceledException own in (OperationCanceledException[])[new TaskCanceledException("timed out"), new OperationCanceledException(foreign.Token)])
            {
                Task task = s_verbs[verb](build(own));
                await Patience.WithAsync(task.ContinueWith(_ => { }, TaskScheduler.Default));
                if (verb == "StopAsync" && task.IsCompletedSuccessfully)
                {
                    continue; // it was stopped before it came to that
                }

                Assert.True(task.IsFaulted, $"{verb}, {place}: {task.Status}");
                Assert.Same(own, task.Exception!.InnerException);
            }
        }
    }

    [Fact]
    public async Task ReadAllAsync_DelegateThrowsItsOwnCancellation_ThrowsIt()
    {
        foreach ((string place, Func<Exception, Pipeline<int>> build) in Places())
        {
            var own = new TaskCanceledException("timed out");
            Exception? thrown = null;
            try
            {
                await foreach (int _ in build(own))
                {
                }
            }
            catch (TaskCanceledException error)
            {
                thrown = error;
            }

            Assert.True(own == thrown, place);
            Assert.Equal(RunOutcome.Failed, PipelineReport.Of(own)!.Outcome);
        }
    }

    private static Dictionary<string, Func<Exception, Pipeline<int>>> Places()
    {
        var places = new Dictionary<string, Func<Exception, Pipeline<int>>>
        {
            ["From"] = own => Pipeline.From(Throwing(own)),
            ["From asynchronous"] = own => Pipeline.From(ThrowingAsync(own)),
            ["Produce"] = own => Pipeline.Produce<int>((_, _) => Task.FromException(own)),
            ["Produce, cancelled"] = own => Pipeline.Produce<int>((writer, _) =>
            {
                writer.Complete(own);
                return Task.CompletedTask;
            }),
        };
        foreach (BlockCase block in BlockCases.List.Where(block => block.CanFail))
        {
            places[block.Name] = own => block.Apply(Pipeline.Range(0, 40), x => _ = x == 33 ? throw own : x);
        }

        return places;

        static IEnumerable<int> Throwing(Exception own)
        {
            yield return 1;
            throw own;
        }

        static async IAsyncEnumerable<int> ThrowingAsync(Exception own)
        {
            yield return 1;
            await Task.Yield();
            throw own;
        }
    }

    private static Task DrainAsync(Pipeline<int> pipeline)
    {
        ChannelReader<int> reader = pipeline.ToChannelReader();
        _ = Task.Run(async () =>
        {
            while (await reader.WaitToReadAsync())
            {
                reader.TryRead(out _);
            }
        }).ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
        return reader.Completion;
    }

    private static Task PauseAsync(Pipeline<int> pipeline)
    {
        PipelineRun run = pipeline.ForEach(_ => { }).Start();
        return run.Completion.ContinueWith(_ => run.PauseAsync(), TaskScheduler.Default).Unwrap();
    }
}

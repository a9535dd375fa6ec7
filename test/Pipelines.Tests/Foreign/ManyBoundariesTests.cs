namespace Pipelines.Tests.Foreign;

/// <summary>Two hundred islands, one behind the other, where a scheduler executes within the call that queues, or has one thread, or little stack.</summary>
public sealed class ManyBoundariesTests
{
    private const int Boundaries = 200;
    private const int SmallStack = 256 * 1024;

    private static readonly Dictionary<string, Func<ForeignScheduler>> s_schedulers = new()
    {
        ["runs inline"] = () => new InlineScheduler(),
        ["waits until it has begun"] = () => new HandOffScheduler(untilEnded: false),
        ["waits until it has ended"] = () => new HandOffScheduler(untilEnded: true),
        ["one thread"] = () => new OneThreadScheduler(),
        ["reorders"] = () => new ReorderingScheduler(seed: 3),
        ["throws the 300th time"] = () => new ThrowingScheduler(number => number == 300),
    };

    public static TheoryData<string, string> All()
    {
        TheoryData<string, string> all = [];
        foreach (string scheduler in s_schedulers.Keys)
        {
            foreach (string kind in (string[])["Buffer", "SelectAsync", "SelectAsync yielding", "SelectAsync at once", "WhereAsync"])
            {
                all.Add(scheduler, kind);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public Task Run_ManyBoundaries_EndsWithoutAnOverflow(string scheduler, string kind) =>
        RunAsync(s_schedulers[scheduler](), kind, fails: false, start => Task.Run(start));

    [Theory]
    [MemberData(nameof(All))]
    public Task Run_ManyBoundariesOnASmallStack_EndsWithoutAnOverflow(string scheduler, string kind) =>
        RunAsync(s_schedulers[scheduler](), kind, fails: false, OnSmallStack);

    [Theory]
    [MemberData(nameof(All))]
    public Task Run_ManyBoundariesAndAFailure_EndsWithoutAnOverflow(string scheduler, string kind) =>
        RunAsync(s_schedulers[scheduler](), kind, fails: true, OnSmallStack);

    private static async Task RunAsync(ForeignScheduler scheduler, string kind, bool fails, Func<Func<PipelineRun>, Task<PipelineRun>> start)
    {
        const int Count = 50;
        Pipeline<int> pipeline = Pipeline.Range(0, Count);
        for (int i = 0; i < Boundaries; i++)
        {
            pipeline = kind switch
            {
                "Buffer" => pipeline.Buffer(2),
                "SelectAsync" => pipeline.SelectAsync(x => new ValueTask<int>(x)),
                "SelectAsync yielding" => pipeline.SelectAsync(async x => await LaterAsync(x)),
                "SelectAsync at once" => pipeline.SelectAsync(x => new ValueTask<int>(x), new() { Parallelism = 2 }),
                _ => pipeline.WhereAsync(async x => await LaterAsync(x) >= 0),
            };
        }

        int received = 0;
        Pipeline closed = pipeline.ForEach(x => received += fails && x == 30 ? throw new InvalidDataException("item 30") : 1);
        PipelineRun run = await start(() => closed.Start(new() { Capacity = 2, Scheduler = scheduler })).WaitAsync(TimeSpan.FromSeconds(60));
        Exception? thrown = await Ended.ExceptionAsync(run, kind);
        if (scheduler.HasThrown || fails)
        {
            Assert.True(thrown is HostileException || (fails && thrown is InvalidDataException), $"{thrown}");
        }
        else
        {
            Assert.Null(thrown);
            Assert.Equal(Count, received);
        }

        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    private static Task<PipelineRun> OnSmallStack(Func<PipelineRun> start)
    {
        var started = new TaskCompletionSource<PipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    started.SetResult(start());
                }
                catch (Exception error)
                {
                    started.SetException(error);
                }
            },
            SmallStack)
        { IsBackground = true };
        thread.Start();
        return started.Task;
    }

    private static async ValueTask<int> LaterAsync(int x)
    {
        await Task.Yield();
        return x;
    }
}

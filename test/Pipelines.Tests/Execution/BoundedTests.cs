namespace Pipelines.Tests.Execution;

/// <summary>What the graph says can be in flight is what can be in flight, in every shape a pipeline takes, with a consumer that is stuck.</summary>
public sealed class BoundedTests
{
    private static readonly BlockOptions s_four = new() { Parallelism = 4, Capacity = 3 };
    private static readonly BlockOptions s_unordered = new() { Parallelism = 4, Capacity = 3, Ordered = false };

    private static readonly Dictionary<string, Func<Func<IEnumerable<int>>, Pipeline<int>>> s_shapes = new()
    {
        ["fused"] = items => Pipeline.From(items()).Select(x => x).Where(_ => true),
        ["buffers"] = items => Pipeline.From(items()).Buffer(3).Buffer(1).Select(x => x).Buffer(5),
        ["pool"] = items => Pipeline.From(items()).Select(x => x, s_four),
        ["unordered pool"] = items => Pipeline.From(items()).Select(x => x, s_unordered),
        ["asynchronous pool"] = items => Pipeline.From(items()).SelectAsync(YieldAsync, s_four),
        ["unordered asynchronous pool"] = items => Pipeline.From(items()).SelectAsync(YieldAsync, s_unordered),
        ["two pools"] = items => Pipeline.From(items()).SelectAsync(YieldAsync, s_four).Select(x => x, s_unordered),
        ["workers"] = items => Pipeline.From(items()).Select(() => 0, (_, x) => x, s_four),
        ["batch"] = items => Pipeline.From(items()).Batch(5).SelectMany(x => x),
        ["aged batch"] = items => Pipeline.From(items()).Batch(5, TimeSpan.FromDays(1)).SelectMany(x => x),
        ["tee"] = items => Pipeline.From(items()).Tee(branch => branch.Buffer(2).ForEach(_ => { })).Buffer(2),
        ["merge"] = items => Pipeline.Merge(Pipeline.From(items()), Pipeline.From(items()).Buffer(3)),
        ["concat"] = items => Pipeline.Concat(Pipeline.From(items()).Take(300), Pipeline.From(items())),
        ["partition"] = items => Pipeline.From(items()).Partition(x => x, 3, lane => lane.SelectAsync(YieldAsync)),
        ["flatten"] = items => Pipeline.From(items()).SelectManyAsync(OneAsync).Buffer(2),
        ["several sequences"] = items => Pipeline.From(items()).SelectManyAsync(OneAsync, s_four).Buffer(2),
        ["several sequences, unordered"] = items => Pipeline.From(items()).SelectManyAsync(OneAsync, s_unordered),
        ["several synchronous sequences"] = items => Pipeline.From(items()).SelectMany(x => (int[])[x], s_four),
        ["several synchronous sequences, unordered"] = items => Pipeline.From(items()).SelectMany(x => (int[])[x], s_unordered).Buffer(2),
        ["section"] = items => Pipeline.From(items()).Parallel(s => s.Select(x => x).Where(_ => true), s_four),
        ["section, unordered"] = items => Pipeline.From(items()).Parallel(s => s.Select(x => x).Where(_ => true), s_unordered),
        ["section that awaits"] = items => Pipeline.From(items()).Parallel(s => s.SelectAsync(YieldAsync).SelectMany(x => (int[])[x]), s_four).Buffer(2),
        ["section of sequences, unordered"] = items => Pipeline.From(items()).Parallel(s => s.SelectManyAsync(OneAsync).Do(_ => { }), s_unordered),
        ["broadcast and merge"] = items => Pipeline.From(items()).Broadcast(a => a.Where(x => x % 2 == 0), b => b.Where(x => x % 2 == 1).Buffer(3)).Merge(),
        ["broadcast and zip"] = items => Pipeline.From(items()).Broadcast(a => a.SelectAsync(YieldAsync), b => b.Select(x => x)).Zip().Select(both => both[0]),
        ["asynchronous filter"] = items => Pipeline.From(items()).WhereAsync(async _ => { await Task.Yield(); return true; }, s_four),
        ["zip"] = items => Pipeline.Zip(Pipeline.From(items()), Pipeline.Range(0, int.MaxValue)).Select(pair => pair.First),
    };

    public static TheoryData<string> Shapes() => new(s_shapes.Keys);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task MaxInFlight_ConsumerIsStuckAgainAndAgain_IsNeverExceeded(string shape)
    {
        int inFlight = 0;
        int most = 0;
        int consumed = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pipeline pipeline = s_shapes[shape](Endless).ForEachAsync(async (int _) =>
        {
            if (consumed % 50 == 0)
            {
                for (int i = 0; i < 200; i++)
                {
                    await Task.Yield(); // whatever upstream can still take, it takes
                }
            }

            Interlocked.Decrement(ref inFlight);
            if (++consumed == 1000)
            {
                enough.SetResult();
            }
        });
        var options = new PipelineOptions { Capacity = 2 };
        await using PipelineRun run = pipeline.Start(options);
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        await Ended.ReportAsync(run);

        Assert.InRange(most, 1, pipeline.GetGraph(options).MaxInFlight!.Value);

        IEnumerable<int> Endless()
        {
            for (int i = 0; ; i++)
            {
                int now = Interlocked.Increment(ref inFlight);
                for (int seen = Volatile.Read(ref most); seen < now; seen = Volatile.Read(ref most))
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                yield return i;
            }
        }
    }

    // A source that is at hand gives a branch a run, and then the main line: what of it the main line has not had is in flight there.
    [Fact]
    public async Task MaxInFlight_RunsGoToBranches_CountsTheRestOfARun()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PipelineRun? run = null;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long most = 0;
        int done = 0;
        Pipeline pipeline = Pipeline.Range(0, 1000).Tee(branch => branch.ForEachAsync(async (int _) => await held.Task)).Select(Look).ForEach(_ => { });
        run = pipeline.Start();
        started.SetResult();
        await using (run)
        {
            // As many as the branch's link holds; one more if the branch has taken its first before the link was full.
            bool isFull = SpinWait.SpinUntil(() => Volatile.Read(ref done) >= 256, TimeSpan.FromSeconds(60));
            held.SetResult();
            Assert.True(isFull, run.Snapshot().ToString());
            await Ended.ReportAsync(run);
        }

        Assert.InRange(most, 1, pipeline.Graph.MaxInFlight!.Value);

        int Look(int item)
        {
            started.Task.Wait(TimeSpan.FromSeconds(60));
            PipelineReport report = run!.Snapshot();
            long yielded = report.Blocks[0].Out;
            most = held.Task.IsCompleted ? most : Math.Max(most, yielded - done + yielded); // the branch has let go of none
            Interlocked.Increment(ref done);
            return item;
        }
    }

    private static async ValueTask<int> YieldAsync(int item)
    {
        await Task.Yield();
        return item;
    }

    private static async IAsyncEnumerable<int> OneAsync(int item)
    {
        await Task.Yield();
        yield return item;
    }
}

using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests;

/// <summary>What the policies do, over every kind of block that takes options.</summary>
public sealed partial class ErrorPolicyTests
{
    private const int Items = 100;

    private static readonly Dictionary<string, Func<Pipeline<int>, BlockOptions, Pipeline<int>>> s_blocks = new()
    {
        ["Select"] = (p, o) => p.Select(Third, o),
        ["Where"] = (p, o) => p.Where(x => Third(x) >= 0, o),
        ["Where pooled"] = (p, o) => p.Where(x => Third(x) >= 0, o with { Parallelism = 4 }),
        ["SelectMany"] = (p, o) => p.SelectMany(x => (int[])[Third(x)], o),
        ["SelectMany lazy"] = (p, o) => p.SelectMany(Thirds, o),
        ["SelectMany lazy, behind a link"] = (p, o) => p.Buffer(1).SelectMany(Thirds, o).Buffer(1),
        ["SelectMany, four at once"] = (p, o) => p.SelectMany(Thirds, o with { Parallelism = 4 }),
        ["Do"] = (p, o) => p.Do(x => Third(x), o),
        ["Do pooled"] = (p, o) => p.Do(x => Third(x), o with { Parallelism = 4 }),
        ["Scan"] = (p, o) => p.Scan(0, (_, x) => Third(x), o),
        ["Scan anew"] = (p, o) => p.Scan(() => 0, (_, x) => Third(x), o),
        ["TakeWhile"] = (p, o) => p.TakeWhile(x => Third(x) >= 0, o),
        ["TakeUntil"] = (p, o) => p.TakeUntil(x => Third(x) < 0, o),
        ["DistinctBy"] = (p, o) => p.DistinctBy(Third, o),
        ["When"] = (p, o) => p.When(x => Third(x) < 0, branch => branch.ForEach(_ => { }), o),
        ["Partition"] = (p, o) => p.Partition(Third, 1, lane => lane, o),
        ["Fuse"] = (p, o) => p.Fuse(() => new ThirdsStep(), o),
        ["Select behind a link"] = (p, o) => p.Buffer(1).Select(Third, o).Buffer(1),
        ["Select pooled"] = (p, o) => p.Select(Third, o with { Parallelism = 4 }),
        ["Select pooled, small window"] = (p, o) => p.Select(Third, o with { Parallelism = 4, Capacity = 2 }),
        ["Select with worker"] = (p, o) => p.Select(() => 0, (_, x) => Third(x), o),
        ["SelectAsync"] = (p, o) => p.SelectAsync(ThirdAsync, o),
        ["SelectAsync completed"] = (p, o) => p.SelectAsync(x => new ValueTask<int>(Third(x)), o),
        ["SelectAsync pooled"] = (p, o) => p.SelectAsync(ThirdAsync, o with { Parallelism = 4 }),
        ["SelectAsync pooled, completed"] = (p, o) => p.SelectAsync(x => new ValueTask<int>(Third(x)), o with { Parallelism = 4 }),
        ["SelectAsync with limit"] = (p, o) => p.SelectAsync(ThirdAsync, o with { Timeout = TimeSpan.FromHours(1) }),
        ["WhereAsync"] = (p, o) => p.WhereAsync(async x => await ThirdAsync(x) >= 0, o),
        ["WhereAsync pooled"] = (p, o) => p.WhereAsync(async x => await ThirdAsync(x) >= 0, o with { Parallelism = 4 }),
        ["SelectManyAsync"] = (p, o) => p.SelectManyAsync(ThirdsAsync, o),
    };

    public static TheoryData<string, string> BlocksAndPolicies()
    {
        var data = new TheoryData<string, string>();
        foreach (string block in s_blocks.Keys)
        {
            foreach (string policy in (string[])["skip", "action", "channel", "tiny channel"])
            {
                data.Add(block, policy);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(BlocksAndPolicies))]
    public async Task OnError_LeavesItemsOut_TheOthersGoOnInOrderAndEachLetterTellsAll(string block, string policy)
    {
        List<DeadLetter> letters = [];
        Channel<DeadLetter> channel = policy == "channel" ? Channel.CreateUnbounded<DeadLetter>() : Channel.CreateBounded<DeadLetter>(1);
        ErrorPolicy onError = policy switch
        {
            "skip" => ErrorPolicy.Skip,
            "action" => ErrorPolicy.DeadLetter(letters.Add),
            _ => ErrorPolicy.DeadLetter(channel.Writer),
        };
        var time = new FakeTimeProvider();
        var options = new PipelineOptions { OnSkipped = letters.Add, TimeProvider = time };
        List<int> seen = [];
        await using PipelineRun run = s_blocks[block](Pipeline.Range(0, Items), new() { OnError = onError, Name = "third" }).ForEach(seen.Add).Start(options);
        Task reading = policy.EndsWith("channel", StringComparison.Ordinal) ? ReadAsync() : Task.CompletedTask;
        PipelineReport report = await Ended.ReportAsync(run, block);
        channel.Writer.Complete();
        await reading;

        int[] failed = [.. Enumerable.Range(0, Items).Where(x => x % 3 == 0)];
        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal(Enumerable.Range(0, Items).Where(x => x % 3 != 0), seen);
        Assert.Equal(failed, letters.Select(letter => (int)letter.Item!));
        Assert.All(letters, letter => Assert.Equal(("third", "no thirds", time.GetUtcNow()), (letter.Block, letter.Exception.Message, letter.At)));
        Assert.Equal(failed.Length, Assert.Single(report.Blocks, one => one.Name == "third").Failed);
        Assert.Empty(report.LaterFailures);
        Conservation.AssertHolds(report);

        async Task ReadAsync()
        {
            await foreach (DeadLetter letter in channel.Reader.ReadAllAsync())
            {
                letters.Add(letter);
            }
        }
    }

    [Fact]
    public async Task OnError_UnorderedPool_LeavesOutEachFailedItemOnce()
    {
        List<DeadLetter> letters = [];
        List<int> seen = [];
        BlockOptions options = new() { OnError = ErrorPolicy.DeadLetter(letters.Add), Parallelism = 4, Ordered = false };
        PipelineReport report = await Pipeline.Range(0, Items).SelectAsync(ThirdAsync, options).Select(Third2, options).ForEach(seen.Add).RunAsync();

        Assert.Equal(Enumerable.Range(0, Items).Where(x => x % 3 != 0), seen.Order());
        Assert.Equal(Enumerable.Range(0, Items).Where(x => x % 3 == 0), letters.Select(letter => (int)letter.Item!).Order());
        Conservation.AssertHoldsInLine(report);

        static int Third2(int item) => Third(item);
    }

    [Fact]
    public async Task OnError_ForEachAsync_LeavesItemsOut()
    {
        List<int> seen = [];
        PipelineReport report = await Pipeline.Range(0, Items)
            .ForEachAsync(
                async (int x) =>
                {
                    int passed = await ThirdAsync(x);
                    lock (seen)
                    {
                        seen.Add(passed);
                    }
                },
                new() { OnError = ErrorPolicy.Skip, Parallelism = 3 })
            .RunAsync();

        Assert.Equal(Enumerable.Range(0, Items).Where(x => x % 3 != 0), seen.Order());
        Assert.Equal((34, 66), (report.Blocks[1].Failed, report.Blocks[1].Out));
    }

    [Fact]
    public async Task OnError_ItemExceedsItsTimeLimit_TheLetterSaysSo()
    {
        var time = new FakeTimeProvider();
        List<DeadLetter> letters = [];
        List<int> seen = [];
        await using PipelineRun run = Pipeline.Range(0, 3)
            .SelectAsync(
                async (int item, CancellationToken token) =>
                {
                    if (item == 1)
                    {
                        Task never = Task.Delay(Timeout.InfiniteTimeSpan, time, token);
                        time.Advance(TimeSpan.FromSeconds(2));
                        await never;
                    }

                    return item;
                },
                new() { Timeout = TimeSpan.FromSeconds(1), OnError = ErrorPolicy.DeadLetter(letters.Add) })
            .ForEach(seen.Add)
            .Start(new() { TimeProvider = time });
        await Ended.ReportAsync(run);

        Assert.Equal([0, 2], seen);
        Assert.IsType<TimeoutException>(Assert.Single(letters).Exception);
    }

    [Fact]
    public async Task OnError_CancellationForAnotherCause_IsAFailureLikeAnyOther()
    {
        List<DeadLetter> letters = [];
        PipelineReport report = await Pipeline.Range(0, 4)
            .Select(item => item == 2 ? throw new OperationCanceledException("of a request") : item, new() { OnError = ErrorPolicy.DeadLetter(letters.Add) })
            .ForEach(_ => { })
            .RunAsync();

        Assert.Equal("of a request", Assert.Single(letters).Exception.Message);
        Assert.Equal((1, 3), (report.Blocks[1].Failed, report.Blocks[1].Out));
    }

    [Fact]
    public async Task OnError_BlockFurtherDownThrows_IsNotThisBlocksAffair()
    {
        await using PipelineRun run = Pipeline.Range(0, 4)
            .Select(item => item, new() { OnError = ErrorPolicy.Skip, Name = "lenient" })
            .Select(Third, new() { Name = "strict" })
            .ForEach(_ => { })
            .Start();
        Exception? error = await Ended.ExceptionAsync(run);

        Assert.Equal("no thirds", error?.Message);
        Assert.Equal("strict", run.Failure?.Block);
    }

    [Fact]
    public async Task Take_FailureComputedAheadOfIt_DoesNotFailTheRun()
    {
        var computedAhead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, 8)
            .SelectAsync(
                async item =>
                {
                    if (item == 3)
                    {
                        computedAhead.SetResult();
                        throw new InvalidDataException();
                    }

                    await computedAhead.Task;
                    return item;
                },
                new() { Parallelism = 8 })
            .Take(2)
            .ForEach(_ => { })
            .Start();

        Assert.Null(await Ended.ExceptionAsync(run));
        PipelineReport report = run.Snapshot();
        Assert.Equal(RunOutcome.Completed, report.Outcome);
        Assert.Equal(3, Assert.Single(report.LaterFailures).Item);
        Assert.Equal(1, report.Blocks[1].Failed);
        Conservation.AssertHoldsInLine(report);
    }

    [Fact]
    public void Policies_NullOrStop_AreRefusedOrTheDefault()
    {
        Assert.Throws<ArgumentNullException>("sink", () => ErrorPolicy.DeadLetter((Action<DeadLetter>)null!));
        Assert.Throws<ArgumentNullException>("sink", () => ErrorPolicy.DeadLetter((ChannelWriter<DeadLetter>)null!));
        Assert.Throws<ArgumentNullException>("OnError", () => new PipelineOptions { OnError = null! });
        Assert.Same(ErrorPolicy.Stop, new PipelineOptions().OnError);
        Assert.Null(new BlockOptions().OnError);
        Assert.Equal("Stop Skip DeadLetter", $"{ErrorPolicy.Stop} {ErrorPolicy.Skip} {ErrorPolicy.DeadLetter(_ => { })}");
    }

    private static int Third(int item) => item % 3 == 0 ? throw new InvalidDataException("no thirds") : item;

    private static async ValueTask<int> ThirdAsync(int item)
    {
        if (item % 2 == 0)
        {
            await Task.Yield();
        }

        return Third(item);
    }

    private static IEnumerable<int> Thirds(int item)
    {
        yield return Third(item);
    }

    private sealed class ThirdsStep : IStep<int, int>
    {
        public bool TryNext(int item, out int result)
        {
            result = Third(item);
            return true;
        }

        public bool TryFlush(out int result)
        {
            result = 0;
            return false;
        }
    }

    private static async IAsyncEnumerable<int> ThirdsAsync(int item)
    {
        yield return await ThirdAsync(item);
    }
}

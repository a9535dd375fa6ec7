using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Blocks;

public sealed class SelectManyAsyncTests
{
    [Fact]
    public void SelectManyAsync_SettingItCannotKeep_IsRefusedAtTheCall()
    {
        Pipeline<int> numbers = Pipeline.Range(0, 1);

        Assert.Equal(
            "options",
            Assert.Throws<ArgumentException>(() => numbers.SelectManyAsync(_ => NothingAsync(), new() { Timeout = TimeSpan.FromSeconds(1) })).ParamName);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SelectManyAsync_SeveralAtOnce_ReadsThatManyAndNoMore(bool ordered)
    {
        int open = 0;
        int most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> seen = await Pipeline.Range(0, 20)
            .SelectManyAsync(SequenceAsync, new() { Parallelism = 3, Ordered = ordered, Capacity = 6 })
            .ToListAsync().InTime();

        Assert.Equal(3, most);
        int[] all = [.. Enumerable.Range(0, 20).SelectMany(x => new[] { x, x })];
        Assert.Equal(all, ordered ? seen : seen.Order());

        async IAsyncEnumerable<int> SequenceAsync(int item)
        {
            int now = Interlocked.Increment(ref open);
            InterlockedMax(ref most, now);
            if (now == 3)
            {
                full.TrySetResult(); // three are being read at once: none of the first ends before
            }

            await full.Task;
            yield return item;
            await Task.Yield();
            yield return item;
            Interlocked.Decrement(ref open);
        }

        static void InterlockedMax(ref int most, int now)
        {
            for (int seen = Volatile.Read(ref most); seen < now; seen = Volatile.Read(ref most))
            {
                Interlocked.CompareExchange(ref most, now, seen);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task SelectManyAsync_SequenceFails_WhatCameBeforeItGetsThroughAndNothingBehind(int parallelism)
    {
        var error = new InvalidDataException();
        List<int> seen = [];
        await using PipelineRun run = Pipeline.Range(0, 50)
            .SelectManyAsync(SequenceAsync, new() { Parallelism = parallelism })
            .ForEach(seen.Add)
            .Start();

        Assert.Same(error, await Ended.ExceptionAsync(run));
        Assert.Equal(7, run.Failure?.Item);
        Assert.Equal(Enumerable.Range(0, seen.Count), seen);
        Assert.InRange(seen.Count, 0, 8);

        async IAsyncEnumerable<int> SequenceAsync(int item)
        {
            await Task.Yield();
            yield return item;
            if (item == 7)
            {
                throw error;
            }
        }
    }

    private static async IAsyncEnumerable<int> NothingAsync()
    {
        await Task.Yield();
        yield break;
    }
}

using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests;

// Where the letters go: full, closed, or one that throws.
public sealed partial class ErrorPolicyTests
{
    [Fact]
    public async Task OnError_FullDeadLetterChannel_HoldsTheBlockUpAndAnAbortGivesTheItemBack()
    {
        var channel = Channel.CreateBounded<DeadLetter>(1);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<object?> undelivered = [];
        int calls = 0;
        await using PipelineRun run = Pipeline.Range(0, 3)
            .Select(Fail, new() { OnError = ErrorPolicy.DeadLetter(channel.Writer) })
            .ForEach(_ => { })
            .Start(new() { OnUndelivered = item => undelivered.Add(item.Item) });
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        run.Abort();
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(2, calls); // the third item was never asked for: the block waited with the second, and its loop with it
        Assert.True(channel.Reader.TryRead(out DeadLetter? letter));
        Assert.Equal(0, letter.Item);
        Assert.Equal([1], undelivered);
        Assert.Equal((1, 1), (report.Blocks[1].Failed, report.Blocks[1].Undelivered));
        Conservation.AssertHoldsInLine(report);

        int Fail(int item)
        {
            if (++calls == 2)
            {
                waiting.SetResult();
            }

            throw new InvalidDataException();
        }
    }

    [Fact]
    public async Task OnDeadLetter_IsShownWhatASinkHasAccepted_AndFailsTheRunIfItThrows()
    {
        var channel = Channel.CreateUnbounded<DeadLetter>();
        List<DeadLetter> sunk = [], shown = [];
        PipelineReport report = await Pipeline.Range(0, 6)
            .Select(item => item % 2 == 0 ? throw new InvalidDataException() : item, new() { OnError = ErrorPolicy.DeadLetter(channel.Writer) })
            .Select(item => item == 3 ? throw new InvalidDataException() : item, new() { OnError = ErrorPolicy.DeadLetter(sunk.Add) })
            .ForEach(_ => { })
            .RunAsync(new() { OnDeadLetter = shown.Add });

        Assert.Equal([0, 2, 3, 4], shown.Select(letter => (int)letter.Item!));
        Assert.Equal((3, 1, 4), (channel.Reader.Count, sunk.Count, report.Blocks.Sum(block => block.Failed)));
        await Assert.ThrowsAsync<IOException>(() => Pipeline.Range(0, 1)
            .Select<int>(_ => throw new InvalidDataException(), new() { OnError = ErrorPolicy.DeadLetter(sunk.Add) })
            .ForEach(_ => { })
            .RunAsync(new() { OnDeadLetter = _ => throw new IOException("The log is full.") }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task OnError_ClosedDeadLetterChannel_FailsTheRunWithBothExceptions(int parallelism)
    {
        var channel = Channel.CreateBounded<DeadLetter>(1);
        channel.Writer.Complete();
        await using PipelineRun run = Pipeline.Range(0, Items)
            .SelectAsync(ThirdAsync, new() { OnError = ErrorPolicy.DeadLetter(channel.Writer), Name = "third", Parallelism = parallelism })
            .ForEach(_ => { })
            .Start();
        Exception? error = await Ended.ExceptionAsync(run);

        Assert.Equal("no thirds", Assert.IsType<ChannelClosedException>(error).InnerException?.Message);
        Assert.Contains("'third'", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, "third"), (run.Failure!.Item, run.Failure.Block));
        Conservation.AssertHoldsInLine(run.Snapshot());
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("action")]
    public async Task OnError_SinkThrows_FailsTheRunWithItAndKeepsTheItemsOwnException(string policy)
    {
        await using PipelineRun run = Pipeline.Range(0, Items)
            .Select(Third, new() { OnError = policy == "skip" ? ErrorPolicy.Skip : ErrorPolicy.DeadLetter(Refuse) })
            .ForEach(_ => { })
            .Start(new() { OnSkipped = Refuse });
        Exception? error = await Ended.ExceptionAsync(run);

        Assert.Equal("no letters", error?.Message);
        Assert.Equal("no thirds", Assert.Single(run.Snapshot().LaterFailures).Exception.Message);
        Assert.Equal(1, run.Snapshot().Blocks[1].Failed);
        Conservation.AssertHoldsInLine(run.Snapshot());

        static void Refuse(DeadLetter letter) => throw new InvalidDataException("no letters");
    }
}

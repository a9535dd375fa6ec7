using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>What a block failed with is what the run fails with: its own exception, bare, the first of several, and none of them is forgotten.</summary>
public sealed class CauseTests
{
    [Fact]
    public Task To_BlockFaultsByItself_FailsTheRunWithItsCause() => Stress.ForSomeTimeAsync(
        async seed =>
        {
            var cause = new InvalidDataException();
            var target = new ActionBlock<int>(
                x => x == seed % 40 ? throw cause : Task.CompletedTask, new ExecutionDataflowBlockOptions { BoundedCapacity = 1 + (seed % 3) });
            await using PipelineRun run = Pipeline.Range(0, 1000).To(target).Start();

            Assert.Same(cause, await Ended.ExceptionAsync(run, $"seed {seed}"));
        },
        atLeast: 300);

    [Fact]
    public async Task To_BlockIsLongAboutItsFault_FailsTheRunWithItsCause()
    {
        // One of its two workers has thrown; it declines, and its completion waits for the other.
        var cause = new InvalidDataException();
        using var release = new ManualResetEventSlim();
        var target = new ActionBlock<int>(
            x =>
            {
                if (x == 0)
                {
                    release.Wait();
                }
                else
                {
                    throw cause;
                }
            },
            new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 2 });
        var declined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).To(new Watched(target, declined.SetResult)).Start();
        await declined.Task.InTime();
        release.Set();

        Assert.Same(cause, await Ended.ExceptionAsync(run));
    }

    [Fact]
    public async Task To_BlockCompletedByAnotherWithItemsInside_FailsAndDoesNotWaitForThem()
    {
        var target = new BufferBlock<int>();
        target.Post(1);
        target.Complete();
        await using PipelineRun run = Pipeline.Range(0, 10).To(target).Start(new() { TimeProvider = new Impatient() });

        Assert.IsType<InvalidOperationException>(await Ended.ExceptionAsync(run));
        Assert.Equal(1, target.Count);
    }

    [Fact]
    public async Task Through_BlockDeclinesAnItemAndGoesOn_FailsTheRunAndDoesNotHang()
    {
        var block = new TransformBlock<int, int>(x => x);
        List<object?> back = [];
        await using PipelineRun run = Pipeline.Range(0, 5).Through(
            DataflowBlock.Encapsulate(new Choosy(block, 3), block)).ForEach(_ => { }).Start(new() { OnUndelivered = item => back.Add(item.Item) });

        Assert.IsType<InvalidOperationException>(await Ended.ExceptionAsync(run));
        Assert.Contains(3, back);
    }

    [Fact]
    public async Task Through_BlockHasTwoFailures_FirstIsThrownAndTheOtherIsKept() =>
        await HasTwoAsync(block => Pipeline.Range(0, 2).Through(block).ForEach(_ => { }));

    [Fact]
    public async Task From_BlockHasTwoFailures_FirstIsThrownAndTheOtherIsKept() => await HasTwoAsync(block =>
    {
        block.Post(0);
        block.Post(1);
        return Pipeline.From(block).ForEach(_ => { });
    });

    [Fact]
    public async Task To_BlockHasTwoFailures_FirstIsThrownAndTheOtherIsKept() => await HasTwoAsync(block => Pipeline.Range(0, 1000).To(block));

    [Fact]
    public async Task Encapsulate_FaultedWithTwoFailures_FirstIsItsOwnAndNoneIsWrapped()
    {
        var (first, second) = (new InvalidDataException("first"), new InvalidDataException("second"));
        IPropagatorBlock<int, int> ours = DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x));
        ours.Fault(new AggregateException(new AggregateException(first), second));

        Assert.Same(first, await Assert.ThrowsAsync<InvalidDataException>(() => ours.Completion.InTime()));
    }

    private static async Task HasTwoAsync(Func<TransformBlock<int, int>, Pipeline> pipeline)
    {
        using var both = new Barrier(2);
        var block = new TransformBlock<int, int>(
            new Func<int, int>(x =>
            {
                if (x < 2)
                {
                    both.SignalAndWait();
                }

                throw new InvalidDataException($"{x}");
            }),
            new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 2, BoundedCapacity = 2 });
        await using PipelineRun run = pipeline(block).Start();
        var thrown = Assert.IsType<InvalidDataException>(await Ended.ExceptionAsync(run));
        PipelineReport report = run.Snapshot();

        Assert.Equal(2, block.Completion.Exception!.Flatten().InnerExceptions.Count);
        Assert.Same(block.Completion.Exception.Flatten().InnerExceptions[0], thrown);
        Assert.Equal([block.Completion.Exception.Flatten().InnerExceptions[1]], report.LaterFailures.Select(failure => failure.Exception));
    }

    /// <summary>A clock whose timers have no patience.</summary>
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    /// <summary>A target that does not want a certain item.</summary>
    private sealed class Choosy(ITargetBlock<int> target, int unwanted) : ITargetBlock<int>
    {
        public Task Completion => target.Completion;

        public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, int messageValue, ISourceBlock<int>? source, bool consumeToAccept) =>
            messageValue == unwanted ? DataflowMessageStatus.Declined : target.OfferMessage(messageHeader, messageValue, source, consumeToAccept);

        public void Complete() => target.Complete();

        public void Fault(Exception exception) => target.Fault(exception);
    }

    /// <summary>A target that says when an item was declined for good.</summary>
    private sealed class Watched(ITargetBlock<int> target, Action declined) : ITargetBlock<int>
    {
        private int _declined;

        public Task Completion => target.Completion;

        public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, int messageValue, ISourceBlock<int>? source, bool consumeToAccept)
        {
            DataflowMessageStatus status = target.OfferMessage(messageHeader, messageValue, source, consumeToAccept);
            if (status == DataflowMessageStatus.DecliningPermanently && Interlocked.Exchange(ref _declined, 1) == 0)
            {
                declined();
            }

            return status;
        }

        public void Complete() => target.Complete();

        public void Fault(Exception exception) => target.Fault(exception);
    }
}

using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>An abort while a block is being drained because nobody takes any more: what the block still puts out came on in the middle of the run's last
/// step.</summary>
public sealed class ThroughAbortTests
{
    [Fact]
    public Task Through_AbortedWhileItIsDrained_EndsAndHandsBackWhatItCounts() => Stress.ForSomeTimeAsync(
        async seed =>
        {
            int moment = new Random(seed).Next(3);
            var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            int back = 0;
            await using PipelineRun run = Pipeline.Range(0, 50_000).Through(new BufferBlock<int>()).Take(1).ForEach(_ => taken.SetResult()).Start(
                new() { OnUndelivered = _ => Interlocked.Increment(ref back) });
            if (moment > 0)
            {
                await taken.Task.InTime();
            }

            if (moment > 1)
            {
                await Task.Yield();
            }

            run.Abort();
            PipelineReport report = await Ended.ReportAsync(run, $"seed {seed}");

            Assert.True(report.Undelivered == back, $"{report.Undelivered} counted, {back} handed back; seed {seed}");
        },
        atLeast: 300);

    [Fact]
    public async Task Through_AbortedWhileTheBlockPutsOut_IsOfferedNothingMoreAndAccountsForEach()
    {
        var block = new Pushing();
        ConcurrentQueue<object?> back = [];
        await using PipelineRun run = Pipeline.Range(0, 1).Through(block).Take(1).ForEach(_ => { }).Start(new() { OnUndelivered = back.Enqueue });
        await block.Drained.InTime();
        run.Abort();
        PipelineReport report = await Ended.ReportAsync(run);
        int accepted = back.Count;
        int offered = await block.EndAsync().InTime();

        Assert.Equal(report.Undelivered, accepted);
        Assert.Equal(accepted, back.Count);
        Assert.Equal(offered + 1, accepted + block.Fed + report.Blocks[^1].Out); // and the source's one item, if the block did not get it
    }

    /// <summary>A block that puts out numbers without end, to whoever is linked last, on a thread of its own.</summary>
    private sealed class Pushing : IPropagatorBlock<int, int>
    {
        private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _links;
        private Task<int> _pushing = Task.FromResult(0);

        /// <summary>Some have been taken from it while it was drained.</summary>
        public Task Drained => _drained.Task;

        public Task Completion => _completion.Task;

        /// <summary>How many it has got rid of when it was told that nobody takes any.</summary>
        public Task<int> EndAsync() => _pushing;

        public IDisposable LinkTo(ITargetBlock<int> target, DataflowLinkOptions linkOptions)
        {
            Task<int> before = _pushing;
            bool isDrain = ++_links > 1;
            _pushing = Task.Run(async () => await before + Push(target, isDrain));
            return new MemoryStream(); // it goes on
        }

        /// <summary>How many it was given.</summary>
        public int Fed { get; private set; }

        public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, int messageValue, ISourceBlock<int>? source, bool consumeToAccept)
        {
            Fed++;
            return DataflowMessageStatus.Accepted;
        }

        public int ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target, out bool messageConsumed)
        {
            messageConsumed = false;
            return 0;
        }

        public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<int> target) => false;

        public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<int> target) =>
            throw new NotSupportedException("Nothing is reserved.");

        public void Complete()
        {
        }

        public void Fault(Exception exception) => _completion.TrySetException(exception);

        private int Push(ITargetBlock<int> target, bool isDrain)
        {
            for (int accepted = 0; ;)
            {
                switch (target.OfferMessage(new DataflowMessageHeader(1), accepted, this, consumeToAccept: false))
                {
                    case DataflowMessageStatus.Accepted:
                        accepted++;
                        break;
                    case DataflowMessageStatus.DecliningPermanently:
                        return accepted;
                }

                if (isDrain && accepted == 100)
                {
                    _drained.TrySetResult();
                }
            }
        }
    }
}

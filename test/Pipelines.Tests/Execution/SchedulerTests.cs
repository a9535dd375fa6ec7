using System.Threading.Channels;
using Pipelines.Tests.Blocks;

namespace Pipelines.Tests.Execution;

/// <summary>Everything of a run executes on the scheduler that it was given: so a test can choose each interleaving, and nothing runs on the caller's
/// thread.</summary>
public sealed class SchedulerTests
{
    public static TheoryData<BlockCase> All() => BlockCases.All();

    [Theory]
    [MemberData(nameof(All))]
    public void Run_AllOnOneThread_EndsWithNothingLeftToDo(BlockCase block)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var scheduler = new StepScheduler(seed);
            List<int> consumed = [];
            PipelineRun run = block.Apply(Pipeline.Range(0, 40), _ => { }).ForEach(consumed.Add)
                .Start(new PipelineOptions { Capacity = 1 + (seed % 3), Scheduler = scheduler });
            Assert.Empty(consumed);
            scheduler.RunToItsEnd(run, block.Name);

            IEnumerable<int> expected = block.Model(Enumerable.Range(0, 40));
            Assert.Equal(block.Ordered ? expected : expected.Order(), block.Ordered ? consumed : consumed.Order());
            Assert.False(scheduler.Step());
        }
    }

    [Fact]
    public void Run_ProducedAndConsumedByUserCodeOnOneThread_EndsWithNothingLeftToDo()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var scheduler = new StepScheduler(seed);
            List<int> consumed = [];
            PipelineRun run = Pipeline.Produce<int>(ProduceAsync).Buffer(1).Consume(async (reader, token) =>
            {
                await foreach (int x in reader.ReadAllAsync(token))
                {
                    consumed.Add(x);
                }
            }).Start(new PipelineOptions { Capacity = 2, Scheduler = scheduler });
            scheduler.RunToItsEnd(run);

            Assert.Equal(Enumerable.Range(0, 20), consumed.Order());
        }

        static async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            await Task.WhenAll(WriteAsync(0), WriteAsync(1));

            async Task WriteAsync(int remainder)
            {
                for (int i = remainder; i < 20; i += 2)
                {
                    await writer.WriteAsync(i, token);
                }
            }
        }
    }

    // What has ended before it was all started is finished by whoever starts it, and that was the caller.
    [Fact]
    public async Task Start_RunEndsMeanwhile_GivesNothingBackOnTheCallersThread()
    {
        int caller = 0;
        List<int> givenBackOn = [];
        var ended = new TaskCompletionSource<PipelineRun>();
        new Thread(() =>
        {
            caller = Environment.CurrentManagedThreadId;
            ended.SetResult(Pipeline.Range(0, 100).Buffer(10).Take(1).ForEach(_ => { }).Start(
                new PipelineOptions { Scheduler = new WaitingScheduler(), OnUndelivered = _ => givenBackOn.Add(Environment.CurrentManagedThreadId) }));
        }).Start();
        await Ended.ExceptionAsync(await ended.Task);

        Assert.NotEmpty(givenBackOn);
        Assert.DoesNotContain(caller, givenBackOn);
    }

    /// <summary>Runs a task on a thread of its own, and does not go on before it has ended: what is started has ended when the start returns.</summary>
    private sealed class WaitingScheduler : TaskScheduler
    {
        protected override void QueueTask(Task task)
        {
            var thread = new Thread(() => TryExecuteTask(task));
            thread.Start();
            thread.Join();
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}

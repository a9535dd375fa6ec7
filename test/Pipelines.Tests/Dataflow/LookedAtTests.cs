using System.Reflection;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;
using Pipelines.Execution;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow;

/// <summary>To look at a pipeline, or to start it once more, changes nothing of a run: a look re-pointed the input of an encapsulated one, and what it accepted
/// vanished.</summary>
public sealed class LookedAtTests
{
    private const int Count = 50;

    [Fact]
    public async Task Encapsulate_LookedAtBetweenAnySteps_LosesNothing()
    {
        Pipeline<int>? input = null;
        Pipeline<int>? output = null;
        IPropagatorBlock<int, int> block = DataflowPipeline.Encapsulate<int, int>(p =>
        {
            input = p;
            LookAtAsync(p).GetAwaiter().GetResult();
            output = p.Select(x => x);
            LookAtAsync(output).GetAwaiter().GetResult();
            return output;
        });
        for (int i = 0; i < Count; i++)
        {
            await LookAtAsync(input!, output!);
            Assert.True(await block.SendAsync(i).InTime());
            await LookAtAsync(input!, output!);
            Assert.Equal(i, await block.ReceiveAsync().InTime());
        }

        block.Complete();
        await LookAtAsync(input!, output!);
        await block.Completion.InTime();
    }

    [Fact]
    public void Encapsulate_InputRunByAnother_IsRefused()
    {
        Pipeline<int>? input = null;
        DataflowPipeline.Encapsulate<int, int>(p => (input = p).Select(x => x));

        Assert.Throws<InvalidOperationException>(() => input!.ForEach(_ => { }).Start());
    }

    [Fact]
    public void Encapsulate_InputUsedTwiceOrNotAtAll_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => DataflowPipeline.Encapsulate<int, int>(p => Pipeline.Merge(p, p)));
        Assert.Throws<InvalidOperationException>(() => DataflowPipeline.Encapsulate<int, int>(_ => Pipeline.Range(0, 3)));
    }

    [Fact]
    public async Task ToChannelReader_LookedAtBetweenAnySteps_LosesNothing()
    {
        Pipeline<int> pipeline = Pipeline.Range(0, Count).Select(x => x);
        await LookAtAsync(pipeline);
        ChannelReader<int> reader = pipeline.ToChannelReader(new() { Capacity = 1 });
        for (int i = 0; i < Count; i++)
        {
            await LookAtAsync(pipeline);
            Assert.Equal(i, await reader.ReadAsync().InTime());
        }

        Assert.False(await reader.WaitToReadAsync().InTime());
    }

    [Fact]
    public async Task ToSourceBlock_LookedAtBetweenAnySteps_LosesNothing()
    {
        var source = new BufferBlock<int>();
        Pipeline<int> pipeline = Pipeline.From(source).Through(new BufferBlock<int>()).Select(x => x);
        LookAt(pipeline);
        ISourceBlock<int> block = pipeline.ToSourceBlock(new() { Capacity = 1 });
        for (int i = 0; i < Count; i++)
        {
            await LookAtAsync(pipeline);
            source.Post(i);
            await LookAtAsync(pipeline);
            Assert.Equal(i, await block.ReceiveAsync().InTime());
        }

        source.Complete();
        await LookAtAsync(pipeline);
        await block.Completion.InTime();
    }

    [Fact]
    public async Task ToTargetBlock_LookedAtBetweenAnySteps_LosesNothing()
    {
        var target = new BufferBlock<int>(new DataflowBlockOptions { BoundedCapacity = 1 });
        Pipeline pipeline = Pipeline.From(Channel.CreateUnbounded<int>().Reader).Append(1).To(target);
        LookAt(pipeline);
        await using PipelineRun run = pipeline.Start();
        LookAt(pipeline);
        Assert.Throws<InvalidOperationException>(() => pipeline.Start());
        Task<PipelineReport> stopped = run.StopAsync(Timeout.InfiniteTimeSpan);
        LookAt(pipeline);
        Assert.Equal(1, await target.ReceiveAsync().InTime());
        await stopped.InTime();
        await target.Completion.InTime();
    }

    [Fact]
    public async Task ToObservable_LookedAtBetweenAnySteps_LosesNothing()
    {
        Pipeline<int> pipeline = Pipeline.Range(0, Count);
        IObservable<int> observable = pipeline.ToObservable();
        List<int> seen = [];
        var observer = new Looking(item =>
        {
            LookAt(pipeline);
            seen.Add(item);
        });
        using IDisposable subscription = observable.Subscribe(observer);
        await observer.Ended.InTime();

        Assert.Equal(Enumerable.Range(0, Count), seen);
    }

    [Fact]
    public async Task ReadAllAsync_LookedAtBetweenAnySteps_LosesNothing()
    {
        Pipeline<int> pipeline = Pipeline.Range(0, Count);
        IAsyncEnumerable<int> items = pipeline.ReadAllAsync(new PipelineOptions { Capacity = 1 });
        List<int> seen = [];
        await foreach (int item in items)
        {
            await LookAtAsync(pipeline);
            seen.Add(item);
        }

        Assert.Equal(Enumerable.Range(0, Count), seen);
    }

    [Fact]
    public void Blueprint_OfAnyKind_KeepsNothingThatCanChange()
    {
        // A field that can be written is a plan's or a run's, and a blueprint outlives both.
        IEnumerable<string> changing = typeof(Pipeline).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Blueprint)))
            .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            .Where(field => !field.IsInitOnly && !field.Name.StartsWith('<'))
            .Select(field => $"{field.DeclaringType!.Name}.{field.Name}");

        Assert.Equal([], changing);
    }

    private static async Task LookAtAsync(params Pipeline<int>[] pipelines)
    {
        foreach (Pipeline<int> pipeline in pipelines)
        {
            try
            {
                await using PipelineRun second = pipeline.ForEach(_ => { }).Start();
            }
            catch (InvalidOperationException)
            {
                // It has a source that serves one run.
            }

            LookAt(pipeline);
        }
    }

    private static void LookAt(Pipeline<int> pipeline)
    {
        LookAt(pipeline.ForEach(_ => { }));
        Show(pipeline);
        _ = new PipelineDebugView<int>(pipeline).Blocks;
    }

    private static void LookAt(Pipeline pipeline)
    {
        _ = pipeline.Graph.ToMermaid();
        Show(pipeline);
        _ = new PipelineDebugView(pipeline).Blocks;
    }

    private static void Show(object pipeline) =>
        pipeline.GetType().GetProperty("DebuggerDisplay", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(pipeline);

    private sealed class Looking(Action<int> look) : IObserver<int>
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void OnNext(int value) => look(value);

        public void OnError(Exception error) => _ended.SetException(error);

        public void OnCompleted() => _ended.SetResult();
    }
}

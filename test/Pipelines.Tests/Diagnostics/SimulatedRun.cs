using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Tests.Diagnostics;

/// <summary>A run in simulated time: everything executes on one thread until nothing can any more, then the clock goes on a little.</summary>
/// <remarks>So work takes exactly as long as the test says, however slow the machine is.</remarks>
internal sealed class SimulatedRun
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);

    private readonly StepScheduler _scheduler = new(1);

    public FakeTimeProvider Time { get; } = new();

    public async Task<T> After<T>(int milliseconds, T result, CancellationToken token = default)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Time, token);
        return result;
    }

    public async IAsyncEnumerable<int> Items(int count, int millisecondsEach)
    {
        for (int i = 0; i < count; i++)
        {
            yield return await After(millisecondsEach, i);
        }
    }

    public PipelineRun Start(Pipeline pipeline, int capacity = 4) =>
        pipeline.Start(new PipelineOptions { Scheduler = _scheduler, TimeProvider = Time, Capacity = capacity });

    /// <summary>What <c>ToChannelReader</c> does, with the run in view.</summary>
    public ChannelReader<T> Read<T>(Pipeline<T> pipeline, out PipelineRun run, int capacity = 4)
    {
        (ChannelReader<T> reader, run) = Outlet<T>.Open(
            pipeline.Block, "ToChannelReader", new PipelineOptions { Scheduler = _scheduler, TimeProvider = Time, Capacity = capacity }, default);
        return reader;
    }

    public PipelineReport ToItsEnd(Pipeline pipeline, int capacity = 4)
    {
        PipelineRun run = Start(pipeline, capacity);
        for (int tick = 0; !run.Completion.IsCompleted; tick++)
        {
            Assert.True(tick < 100_000, $"The run does not end.\n{run.Snapshot()}");
            Settle();
            Time.Advance(s_tick);
        }

        return run.Snapshot();
    }

    public void Pass(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            Settle();
            Time.Advance(s_tick);
        }

        Settle();
    }

    public void Settle()
    {
        while (_scheduler.Step())
        {
        }
    }
}

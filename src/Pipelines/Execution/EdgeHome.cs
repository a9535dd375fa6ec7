using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>The home of a run with a scheduler of the user's: what is posted goes on there, through the edge.</summary>
internal sealed class EdgeHome(Edge edge, TaskScheduler scheduler) : Home(scheduler)
{
    public override void Post(SendOrPostCallback d, object? state) => edge.Schedule(new Posted(d, state));

    public override void Send(SendOrPostCallback d, object? state) => Post(d, state);

    private sealed class Posted(SendOrPostCallback call, object? state) : IThreadPoolWorkItem
    {
        public void Execute() => call(state);
    }
}

namespace Pipelines.Execution;

/// <summary>A context in which whoever completes something calls what waits for it, at once.</summary>
/// <remarks>
/// Without one, a completion under a scheduler of the user's own, and every news of a channel, is first queued on the thread pool, only to queue an activity
/// from there: a hop too many, and one
/// that a scheduler under test does not see. What is called here (<see cref="Activity.Continuation"/>) only queues.
/// </remarks>
internal sealed class InlineContext : SynchronizationContext
{
    private static readonly InlineContext s_instance = new();

    /// <summary>Makes it the thread's until the result is disposed.</summary>
    public static Entered Enter()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(s_instance);
        return new Entered(before);
    }

    // Whoever completes what was awaited may do so under a lock of its own.
    public override void Post(SendOrPostCallback d, object? state)
    {
        using (Outside.Enter())
        {
            d(state);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => Post(d, state);

    public override SynchronizationContext CreateCopy() => this;

    public readonly ref struct Entered(SynchronizationContext? before)
    {
        public void Dispose() => SetSynchronizationContext(before);
    }
}

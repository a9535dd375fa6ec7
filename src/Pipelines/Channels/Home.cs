using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Channels;

/// <summary>Where a wait of a run's own channel goes on: where its caller awaits it, whatever the awaiter asks for.</summary>
/// <remarks>
/// By itself the runtime gives a continuation to the caller's scheduler on the thread of whoever ends the wait, and what the scheduler throws there comes
/// out of that one's call, with the continuation
/// lost. So a home is the context that such a wait captures: what is posted to it goes on on the same scheduler, by way of somebody who knows what to do if
/// that one throws.
/// </remarks>
internal class Home : SynchronizationContext
{
    private readonly TaskScheduler? _scheduler;

    protected Home(TaskScheduler? scheduler) => _scheduler = scheduler;

    /// <summary>There is no scheduler to guard: the runtime's own way.</summary>
    public static Home Ambient { get; } = new(null);

    /// <summary>Whether the caller executes on the scheduler whose home it is, and asks for no other context.</summary>
    public bool IsHere
    {
        [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "That is the question: where user code awaits.")]
        get => _scheduler is not null && Current is null && TaskScheduler.Current == _scheduler;
    }

    /// <summary>Makes it the context of a call that captures one.</summary>
    public Entered Enter()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        return new Entered(before);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Until it is disposed the home is the thread's context.</summary>
    public readonly ref struct Entered(SynchronizationContext? before)
    {
        public void Dispose() => SetSynchronizationContext(before);
    }
}

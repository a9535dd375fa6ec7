using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

/// <summary>A link from an <see cref="Outflow{T}"/> to a target: how many messages it still takes, and whether it hears of the end.</summary>
internal sealed class OutflowLink<T>(Outflow<T> source, ITargetBlock<T> target, DataflowLinkOptions options) : IDisposable
{
    private int _messagesLeft = options.MaxMessages;

    public ITargetBlock<T> Target => target;

    public bool PropagatesCompletion => options.PropagateCompletion;

    public bool IsLastAfterThis() => _messagesLeft > 0 && --_messagesLeft == 0;

    // A cancellation is passed on as a fault: completion would look like a good end.
    public void Tell(Task completion)
    {
        if (completion.IsCompletedSuccessfully)
        {
            target.Complete();
        }
        else
        {
            target.Fault(completion.Exception?.InnerException ?? new TaskCanceledException(completion));
        }
    }

    public void Dispose() => source.Unlink(this);
}

using System.Runtime.ExceptionServices;

namespace Pipelines.Workers;

/// <summary>The job of an item that was added to the stream: its result goes to <see cref="WorkerPool{TIn, TOut}.Results"/>, its failure goes to the pool's
/// error policy.</summary>
internal sealed class AddedJob<TIn, TOut>(TIn item, WorkerPool<TIn, TOut> pool) : Job<TIn, TOut>(item)
{
    private State _state;

    private enum State
    {
        Waiting,
        InHand,
        Succeeded,
        Failed,
    }

    public TOut Result { get; private set; } = default!;

    public override bool TryBegin()
    {
        _state = State.InHand;
        return true;
    }

    public override void Succeed(TOut result)
    {
        Result = result;
        _state = State.Succeeded;
    }

    public override void Fail(Exception error, CancellationToken abort)
    {
        // A work that has obeyed the pool's token has not failed: the run hands the job back.
        if (error is not OperationCanceledException || !abort.IsCancellationRequested)
        {
            pool.Counts.Fail();
            _state = State.Failed;
        }

        ExceptionDispatchInfo.Throw(error);
    }

    public override void HandBack()
    {
        switch (_state)
        {
            case State.Waiting:
                pool.Counts.CancelWaiting();
                pool.HandBack(Item);
                break;
            case State.InHand:
                pool.Counts.CancelRunning();
                pool.HandBack(Item);
                break;
            case State.Failed:
                pool.HandBack(Item); // and the pool had ended before anybody could hear of the failure
                break;
            case State.Succeeded:
                pool.Counts.Undeliver();
                pool.HandBack(Result);
                break;
        }
    }
}

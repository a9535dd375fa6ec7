namespace Pipelines.Workers;

/// <summary>The job of a <see cref="WorkerPool{TIn, TOut}.RunAsync"/>: it answers its caller and nobody else, and it always does.</summary>
internal sealed class CalledJob<TIn, TOut>(TIn item, WorkerPool<TIn, TOut> pool, CancellationToken token) : Job<TIn, TOut>(item)
{
    private const int Waiting = 0;
    private const int InHand = 1;
    private const int GivenUp = 2;

    /// <summary>For whatever cancels: the job will not be begun, unless it was already. Then the worker, whose token says the same, answers for it.</summary>
    public static readonly Action<object?> GiveUp = static job => ((CalledJob<TIn, TOut>)job!).HandBack();

    // Asynchronous: what the caller does with the answer is not the worker's work.
    private readonly TaskCompletionSource<TOut> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public Task<TOut> Answer => _answer.Task;

    public override CancellationToken Token => token;

    public override ExecutionContext? Context { get; } = ExecutionContext.Capture();

    public override bool TryBegin() => Interlocked.CompareExchange(ref _state, InHand, Waiting) == Waiting;

    public override void Succeed(TOut result) => _answer.SetResult(result);

    public override void Fail(Exception error, CancellationToken abort)
    {
        bool cancelled = error is OperationCanceledException && (abort.IsCancellationRequested || token.IsCancellationRequested);
        if (!cancelled)
        {
            pool.Counts.Fail();
            _answer.SetException(error);
            return;
        }

        pool.Counts.CancelRunning();
        _answer.SetException(token.IsCancellationRequested ? new OperationCanceledException(error.Message, error, token) : pool.NotDone(error));
    }

    public override void HandBack()
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting)
        {
            pool.Counts.CancelWaiting();
            _answer.SetException(token.IsCancellationRequested ? new OperationCanceledException(token) : pool.NotDone(null));
        }
    }
}

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>The pipeline as an observable: each subscription is a run of its own.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the pipeline's. <b>Backpressure:</b> the next item comes when the observer's <c>OnNext</c> has returned.</para>
    /// <para><b>Completion:</b> <c>OnCompleted</c> when the run has delivered everything, <c>OnError</c> with its exception otherwise. To dispose the
    /// subscription aborts the run; nothing is pushed any more from then on, but for a call that is under way. What was in flight goes to
    /// <see cref="PipelineOptions.OnUndelivered"/>.</para>
    /// <para><b>Failure:</b> an exception of <c>OnNext</c> fails the run, and goes to <c>OnError</c>; one of <c>OnCompleted</c> or <c>OnError</c> has nowhere
    /// to go but <see cref="TaskScheduler.UnobservedTaskException"/>.</para>
    /// <para>A pipeline over a one-shot source can be subscribed to once: a second <c>Subscribe</c> throws <see cref="InvalidOperationException"/>.</para>
    /// </remarks>
    /// <param name="options">Settings of each run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the runs.</param>
    /// <returns>The observable. Nothing runs until somebody subscribes.</returns>
    public IObservable<T> ToObservable(PipelineOptions? options = null, CancellationToken cancellationToken = default) =>
        new Observable(this, options, cancellationToken);

    private static readonly BlockOptions s_options = new() { Name = nameof(ToObservable), OnError = ErrorPolicy.Stop };

    private sealed class Observable(Pipeline<T> pipeline, PipelineOptions? options, CancellationToken cancellationToken) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            var subscription = new Subscription(Require.NotNull(observer));
            subscription.Start(pipeline.To(subscription, s_options), options, cancellationToken);
            return subscription;
        }
    }

    /// <summary>Stands between the run and the observer, who hears nothing more once it has disposed this.</summary>
    private sealed class Subscription(IObserver<T> observer) : IObserver<T>, IDisposable
    {
        private PipelineRun? _run;
        private volatile bool _isDisposed;
        private volatile bool _isTold;

        public void Start(Pipeline pipeline, PipelineOptions? options, CancellationToken cancellationToken)
        {
            PipelineRun run = pipeline.Start(options, cancellationToken);
            _ = run.Completion.ContinueWith(
                static (task, subscription) => ((Subscription)subscription!).HasFailed(task),
                this,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            Interlocked.Exchange(ref _run, run); // a full fence, as in Dispose: one of the two sees the other
            if (_isDisposed)
            {
                run.Abort(); // disposed by an item that came before Start had returned
            }
        }

        // A failure that the observer was told, or did not want to hear, is done with. But what its own OnCompleted or OnError has thrown nobody else hears of:
        // it stays unobserved, for TaskScheduler.UnobservedTaskException.
        private void HasFailed(Task run)
        {
            if (_isTold || _isDisposed)
            {
                _ = run.Exception;
            }
        }

        public void OnNext(T value)
        {
            if (!_isDisposed)
            {
                observer.OnNext(value);
            }
        }

        public void OnError(Exception error)
        {
            if (!_isDisposed)
            {
                observer.OnError(error);
                _isTold = true;
            }
        }

        public void OnCompleted()
        {
            if (!_isDisposed)
            {
                observer.OnCompleted();
            }
        }

        public void Dispose()
        {
            _isDisposed = true;
            Interlocked.MemoryBarrier();
            Volatile.Read(ref _run)?.Abort();
        }
    }
}

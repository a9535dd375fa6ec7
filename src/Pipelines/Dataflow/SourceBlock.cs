using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Dataflow;

/// <summary>A run's output as a Dataflow block.</summary>
[DebuggerDisplay("{_run.Snapshot().Outcome}")]
internal class SourceBlock<T> : IReceivableSourceBlock<T>
{
    private readonly PipelineRun _run;
    private readonly Outflow<T> _outflow;

    // It lets nothing out, so there is nothing to await; it is kept to be seen in a debugger.
    private readonly Task _offering;

    public SourceBlock(ChannelReader<T> reader, PipelineRun run, CancellationToken cancellationToken)
    {
        _run = run;
        _outflow = new Outflow<T>(this, reader, run, error => Fail("a Dataflow target", error));
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (outflow, token) => ((Outflow<T>)outflow!).Cut(new OperationCanceledException(token)), _outflow);
        _offering = Task.Run(() => OfferAsync(registration), CancellationToken.None); // targets' code has no business on the caller's thread
    }

    public Task Completion => _outflow.Completion;

    /// <summary>The producers end; what is in flight is still offered.</summary>
    public virtual void Complete() => _ = _run.StopAsync(Timeout.InfiniteTimeSpan);

    /// <summary>The run fails with that.</summary>
    public virtual void Fault(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Fail(nameof(IDataflowBlock.Fault), Faults.First(exception, _run, nameof(IDataflowBlock.Fault)));
    }

    public IDisposable LinkTo(ITargetBlock<T> target, DataflowLinkOptions linkOptions) => _outflow.LinkTo(target, linkOptions);

    public T? ConsumeMessage(DataflowMessageHeader messageHeader, ITargetBlock<T> target, out bool messageConsumed) =>
        _outflow.Consume(messageHeader, target, out messageConsumed);

    public bool ReserveMessage(DataflowMessageHeader messageHeader, ITargetBlock<T> target) => _outflow.Reserve(messageHeader, target);

    public void ReleaseReservation(DataflowMessageHeader messageHeader, ITargetBlock<T> target) => _outflow.Release(messageHeader, target);

    public bool TryReceive(Predicate<T>? filter, [MaybeNullWhen(false)] out T item) => _outflow.TryReceive(filter, out item);

    public bool TryReceiveAll([NotNullWhen(true)] out IList<T>? items) => _outflow.TryReceiveAll(out items);

    private async Task OfferAsync(CancellationTokenRegistration registration)
    {
        await _outflow.RunAsync().ConfigureAwait(false);
        registration.Unregister();
    }

    private void Fail(string block, Exception error)
    {
        _run.Fail(new BlockFailure { Block = block, Item = null, Exception = error });
        _outflow.Cut(error);
    }
}

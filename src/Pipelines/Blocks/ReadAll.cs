using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and yields its items: for <c>await foreach</c>.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the pipeline's. <b>Backpressure:</b> up to <see cref="PipelineOptions.Capacity"/> items are made ahead of the loop.</para>
    /// <para><b>Completion:</b> with the run. Leaving the loop early aborts the run and waits until nothing of it executes any more; what was
    /// in flight goes to <see cref="PipelineOptions.OnUndelivered"/>.</para>
    /// <para><b>Failure:</b> what came out before the failure is yielded, then the original exception is thrown. Cancellation is thrown at once.
    /// <b>Cost:</b> a link and the loop's own await; each enumeration is a run of its own.</para>
    /// </remarks>
    /// <param name="cancellationToken">Cancels the run, and with it the loop.</param>
    /// <returns>The items.</returns>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) =>
        ReadAllAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and yields its items.</summary>
    /// <remarks>As <see cref="ReadAllAsync(CancellationToken)"/>.</remarks>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run, and with it the loop.</param>
    /// <returns>The items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<T> ReadAllAsync(PipelineOptions options, CancellationToken cancellationToken = default)
    {
        Require.NotNull(options);
        return Outlet<T>.ReadAllAsync(Block, options, cancellationToken);
    }

    /// <summary>Runs the pipeline and yields its items: what <c>await foreach (var item in pipeline)</c> calls.</summary>
    /// <remarks>
    /// As <see cref="ReadAllAsync(CancellationToken)"/>. It is the pattern and not the interface, so that the operators in view are the pipeline's own.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the run, and with it the loop.</param>
    /// <returns>An enumerator: a run of its own, which starts with the first item that is asked for.</returns>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        ReadAllAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    /// <summary>Starts the pipeline and hands its output over as a channel's reader, for any number of tasks to read.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the pipeline's. <b>Backpressure:</b> up to <see cref="PipelineOptions.Capacity"/> items wait in the channel; while nobody reads, the
    /// run waits.</para>
    /// <para><b>Completion:</b> the reader ends when the run has. <b>Failure:</b> what came out before is delivered, then the channel ends with the
    /// original exception, or with <see cref="OperationCanceledException"/> if the run was cancelled. To give up reading early, cancel the token.</para>
    /// </remarks>
    /// <param name="options">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The reader.</returns>
    public ChannelReader<T> ToChannelReader(PipelineOptions? options = null, CancellationToken cancellationToken = default) =>
        Outlet<T>.Open(Block, nameof(ToChannelReader), options ?? PipelineOptions.Default, cancellationToken).Reader;
}

/// <summary>The consumer block that hands items to whoever reads them outside of the run.</summary>
internal sealed class Outlet<T>(Blueprint<T> upstream, string name) : ConsumerBlueprint(name)
{
    public override void Build(Plan plan)
    {
        var block = plan.Add(new OutletBlockRun(plan.Run, this), null);
        var end = new OutletEnd<T>(plan, block);
        plan.Add(end);
        plan.Expose(this, end);
        upstream.Build(plan, new LinkWriter<T>(block, end.Link));
    }

    /// <summary>Where a run puts its items out.</summary>
    public OutletEnd<T> Of(PipelineRun run) => run.Handle<OutletEnd<T>>(this)!;

    public static (ChannelReader<T> Reader, PipelineRun Run) Open(
        Blueprint<T> upstream, string name, PipelineOptions options, CancellationToken cancellationToken) =>
        Open(upstream, name, options, static _ => { }, cancellationToken);

    /// <summary>The same for a run of which the outside is to have more than the reader.</summary>
    public static (ChannelReader<T> Reader, PipelineRun Run) Open(
        Blueprint<T> upstream, string name, PipelineOptions options, Action<PipelineRun> beforeStart, CancellationToken cancellationToken)
    {
        var outlet = new Outlet<T>(upstream, name);
        var run = new PipelineRun(outlet, options);
        ChannelReader<T> reader = outlet.Of(run).OpenReader();
        beforeStart(run);
        run.Start(cancellationToken);
        ObserveFailure(run);
        return (reader, run);
    }

    public static async IAsyncEnumerable<T> ReadAllAsync(
        Blueprint<T> upstream, PipelineOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var outlet = new Outlet<T>(upstream, nameof(Pipeline<T>.ReadAllAsync));
        var run = new PipelineRun(outlet, options);
        OutletEnd<T> end = outlet.Of(run);
        RingReader<T> reader = end.OpenSingleReader();
        run.Start(cancellationToken);
        ObserveFailure(run);

        // Under a scheduler of the user's the loop stays where it runs: a test that chooses the order of everything would lose sight of it otherwise.
        bool stays = options.Scheduler is not null;
        try
        {
            // Not with the token: a cancelled run ends the stream itself, with everything of it at rest.
            while (!run.IsCancelled && await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(stays))
            {
                while (!run.IsCancelled && reader.TryRead(out T? item))
                {
                    yield return item;
                }
            }

            await run.Completion.ConfigureAwait(stays);
        }
        finally
        {
            await run.DisposeAsync().ConfigureAwait(stays);
            List<object?> untaken = [];
            while (end.Link.TryRead(out T? item))
            {
                untaken.Add(item);
            }

            if (await run.GiveBackAsync(untaken).ConfigureAwait(stays) is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure.Exception);
            }
        }
    }

    // The reader meets the exception at the end of the items: nobody else need look at the run's own task.
    private static void ObserveFailure(PipelineRun run) =>
        run.Completion.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    // What waits in the link has left the run: it is the reader's.
    private sealed class OutletBlockRun(PipelineRun run, Blueprint blueprint) : BlockRun(run, blueprint)
    {
        public override long Held => 0;
    }
}

/// <summary>The link out of one run. The run's end closes it, and nobody else can: whoever writes to it does not know whether the stream ends well.</summary>
internal sealed class OutletEnd<T> : IRunEnd
{
    private readonly ChannelEnd _end = new();
    private readonly PipelineRun _run;

    public OutletEnd(Plan plan, BlockRun block)
    {
        _run = plan.Run;
        Name = block.Blueprint.Name;
        Link = plan.Link<T>(block, key: this);
    }

    public string Name { get; }

    public Ring<T> Link { get; }

    /// <summary>The outside's reader, for any number of tasks. Once, before the run starts.</summary>
    public ChannelReader<T> OpenReader() => new SharedReader<T>(Link, _end, Link.Gate);

    /// <summary>The outside's reader, for one loop. Once, before the run starts.</summary>
    public RingReader<T> OpenSingleReader() => new(Link, _end);

    public void End(Exception? error)
    {
        if (_run.Failure is { } failure)
        {
            _end.TryFail(failure.Exception);
        }
        else
        {
            _end.TryEnd(error);
        }

        Link.Close(key: this);
    }
}

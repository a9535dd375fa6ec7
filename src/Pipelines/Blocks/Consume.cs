using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block written in code: reads what it wants, from any number of tasks at once. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> as the pipeline yields. <b>Backpressure:</b> a boundary: items wait in a bounded link until they are read.</para>
    /// <para><b>Completion:</b> the reader ends with the stream. If the function returns earlier, upstream is stopped and what it left is counted as
    /// undelivered.</para>
    /// <para><b>Failure:</b> an exception of the function fails the run. When the run is aborted, the token is cancelled and reads throw
    /// <see cref="OperationCanceledException"/>. <b>Cost:</b> a link, and a lock for each read, since several tasks may read.</para>
    /// </remarks>
    /// <param name="consume">Reads the items.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="consume"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline Consume(
        Func<ChannelReader<T>, CancellationToken, Task> consume,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(consume))] string expression = "") =>
        options.Checked(Means.Capacity | Means.Workers) is { Workers.AreThreads: false } elsewhere
            ? new(new Consume<T>(
                Block, elsewhere.Workers.Consume<T>(Require.NotNull(consume), elsewhere, elsewhere.Name ?? expression), Far(elsewhere), expression))
            : new(new Consume<T>(Block, Require.NotNull(consume), options, expression));
}

internal sealed class Consume<T>(Blueprint<T> upstream, Func<ChannelReader<T>, CancellationToken, Task> consume, BlockOptions? options, string name)
    : ConsumerBlueprint(name, options)
{
    public override void Build(Plan plan)
    {
        BlockRun block = plan.Add(this, null);
        Ring<T> link = plan.Link<T>(block);
        plan.Add(new ConsumingIsland(block, link, Delegates.OfBlock(consume, block)));
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }

    private sealed class ConsumingIsland : CodeIsland
    {
        private readonly Ring<T> _link;
        private readonly Func<ChannelReader<T>, CancellationToken, Task> _consume;
        private readonly OpenReader<T> _reader;

        public ConsumingIsland(BlockRun head, Ring<T> link, Func<ChannelReader<T>, CancellationToken, Task> consume)
            : base(head, head.Run.AbortToken)
        {
            _link = link;
            _consume = consume;
            _reader = new OpenReader<T>(link, Sides);
        }

        protected override Task CallAsync() => _consume(_reader.Reader, Token);

        protected override void Returned(Exception? error)
        {
            if (error is not null)
            {
                Head.Caught(error);
            }

            _link.LeaveReader();
        }

        public override IslandTimes TimesAt(long now) => Times(now).Waited(_reader.WaitedAt(now), 0);

        public override void WakeUp()
        {
            _reader.Break(Token);
            base.WakeUp();
        }

        public override void Abandon() => Head.AbandonLink(_link);
    }
}

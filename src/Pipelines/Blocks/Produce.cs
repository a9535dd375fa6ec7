using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block written in code: whatever it writes, from any number of tasks at once, until it returns.</summary>
    /// <remarks>
    /// <para><b>Order:</b> as written. <b>Backpressure:</b> a boundary: <c>WriteAsync</c> waits while the link behind the block is full.</para>
    /// <para><b>Completion:</b> when the function's task ends, or when it completes the writer. Its token is cancelled when the run stops, and when nobody
    /// downstream takes any more; an <see cref="OperationCanceledException"/> is then the end of the stream. Writes after the end are refused with
    /// <see cref="ChannelClosedException"/>. Once nobody downstream takes any more, writes are refused in the same way, so that a function which waits for
    /// something outside ends too.</para>
    /// <para><b>Failure:</b> an exception of the function, or the error it completes the writer with, fails the run.</para>
    /// <para><b>Cost:</b> a link, and a lock for each write, since several tasks may write.</para>
    /// </remarks>
    /// <param name="produce">Writes the items.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What it writes.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="produce"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> Produce<T>(
        Func<ChannelWriter<T>, CancellationToken, Task> produce,
        ProducerOptions? options = null,
        [CallerArgumentExpression(nameof(produce))] string expression = "") =>
        new(new Produce<T>(Delegates.WithBlock(Require.NotNull(produce)), expression, options: options.Checked(Means.Capacity)));
}

/// <summary>A producer as a function that writes. One of ours is also given the block, to account for what it cannot write, and may claim a one-shot
/// source.</summary>
internal sealed class Produce<T>(
    Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> produce, string name, OneShot? claim = null, BlockOptions? options = null)
    : Blueprint<T>(BlockKind.Producer, name, options)
{
    public override void Build(Plan plan, Stage<T> next)
    {
        if (claim is not null)
        {
            plan.AddClaim(claim);
        }

        Add(plan, this, next, produce);
    }

    /// <summary>Adds such a block for another blueprint.</summary>
    /// <returns>The block, and its writer, which takes items from now on.</returns>
    public static (WriterBlockRun Block, ChannelWriter<T> Writer) Add(
        Plan plan, Blueprint<T> blueprint, Stage<T> next, Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> produce)
    {
        BlockRun following = next.Block;
        int? wanted = blueprint.Options.Capacity;
        if (wanted is { } capacity && next is LinkWriter<T>)
        {
            // That link is the next block's, which has a capacity of its own: what waits here waits in front of it.
            following = plan.Add(new Buffer<T>(blueprint, capacity, new BlockOptions { Capacity = capacity }), following);
        }

        Ring<T> link = wanted is null ? LinkIsland<T>.InFrontOf(plan, next) : LinkIsland<T>.Add(plan, following, next, wanted);
        var block = plan.Add(new WriterBlockRun(plan.Run, blueprint, link), following);
        var island = new ProducingIsland(block, link, produce);
        island.AddOutlet();
        link.ReaderWatch = island;
        plan.Add(island);
        return (block, island.Writer);
    }

    private sealed class ProducingIsland : CodeIsland
    {
        private readonly Ring<T> _link;
        private readonly WriterBlockRun _head;
        private readonly Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> _produce;
        private readonly OpenWriter<T> _writer;

        public ProducingIsland(WriterBlockRun head, Ring<T> link, Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> produce)
            : base(head, head.Run.StopToken)
        {
            _head = head;
            _link = link;
            _produce = produce;
            // It is at rest whatever it does: once writes are held, that feeds nothing.
            _writer = new OpenWriter<T>(link, head, sides: null, error => head.SourceEnded(error, link.IsReaderGone));
        }

        public ChannelWriter<T> Writer => _writer.Writer;

        protected override bool IsProducer => true;

        protected override Task CallAsync() => _produce(_writer.Writer, _head, Token);

        protected override void Returned(Exception? error)
        {
            switch (error)
            {
                case null:
                case OperationCanceledException when Run.IsStopping || _link.IsReaderGone:
                case ChannelClosedException when _link.IsReaderGone:
                    break; // it obeyed its token, or was told that nobody takes any more: this is where the stream ends
                case not null when Run.IsStopping || _writer.IsUnwanted:
                    Head.Note(error); // many answer a stop with an exception of their own: that is no reason to lose what is in flight
                    break;
                default:
                    Head.Caught(error);
                    break;
            }

            if (!Run.IsAborting)
            {
                _writer.End(); // in an aborted run nobody downstream must take this for a good end
            }
        }

        public override IslandTimes TimesAt(long now) => Times(now).Waited(WaitedOutside(now), _writer.WaitedAt(now));

        public override void Pause() => _writer.LookAgain();

        public override void Resume()
        {
            _writer.LookAgain();
            base.Resume();
        }

        public override void WakeUp()
        {
            _writer.Break(Token);
            base.WakeUp();
        }

        public override void Abandon()
        {
        }
    }
}

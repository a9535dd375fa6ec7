using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block written in code over channels: reads what it wants, writes what it wants, from any number of tasks at once.</summary>
    /// <remarks>
    /// <para><b>Order:</b> as written. <b>Backpressure:</b> a boundary on both sides: items wait in a bounded link until they are read, and
    /// <c>WriteAsync</c> waits while the link behind the block is full.</para>
    /// <para><b>Completion:</b> the reader ends with the input; the output ends when the function's task does. If that is before the input ends,
    /// upstream is stopped and what was not read is counted as undelivered. <c>In</c> and <c>Out</c> are counted apart.</para>
    /// <para><b>Failure:</b> an exception of the function, or the error it completes the writer with, fails the run. When the run is aborted, or nobody
    /// downstream takes any more, the token is cancelled; in an aborted run reads and writes throw <see cref="OperationCanceledException"/>. <b>Cost:</b> two
    /// links, and a lock for each read and write.</para>
    /// </remarks>
    /// <param name="transform">Reads items and writes others.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TResult">What it writes.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="transform"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline<TResult> Transform<TResult>(
        Func<ChannelReader<T>, ChannelWriter<TResult>, CancellationToken, Task> transform,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(transform))] string expression = "") =>
        options.Checked(Means.Capacity | Means.Workers) is { Workers.AreThreads: false } elsewhere
            ? new(new Transform<T, TResult>(
                Block, Delegates.WithBlock(elsewhere.Workers.Transform<T, TResult>(Require.NotNull(transform), elsewhere, elsewhere.Name ?? expression)),
                expression, options: Far(elsewhere)))
            : new(new Transform<T, TResult>(Block, Delegates.WithBlock(Require.NotNull(transform)), expression, options: options));
}

/// <summary>A transform as a function that reads and writes. One of ours is also given the block, to account for what it cannot write, may claim something that
/// serves one run, and hear how the run ended.</summary>
internal sealed class Transform<T, U>(
    Blueprint<T> upstream, Func<ChannelReader<T>, ChannelWriter<U>, WriterBlockRun, CancellationToken, Task> transform, string name, OneShot? claim = null,
    IRunEnd? end = null, BlockOptions? options = null)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        if (claim is not null)
        {
            plan.AddClaim(claim);
        }

        if (end is not null)
        {
            plan.Add(end);
        }

        Ring<U> output = LinkIsland<U>.InFrontOf(plan, next);
        var block = plan.Add(new WriterBlockRun(plan.Run, this, output), next.Block);
        Ring<T> input = plan.Link<T>(block);
        block.HoldsUnknown = true; // code keeps what it likes
        var island = new TransformingIsland(block, input, output, transform);
        island.AddOutlet();
        output.ReaderWatch = island;
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, input));
    }

    private sealed class TransformingIsland : CodeIsland
    {
        private readonly WriterBlockRun _head;
        private readonly Ring<T> _input;
        private readonly Ring<U> _output;
        private readonly Func<ChannelReader<T>, ChannelWriter<U>, WriterBlockRun, CancellationToken, Task> _transform;
        private readonly OpenReader<T> _reader;
        private readonly OpenWriter<U> _writer;

        public TransformingIsland(
            WriterBlockRun head,
            Ring<T> input,
            Ring<U> output,
            Func<ChannelReader<T>, ChannelWriter<U>, WriterBlockRun, CancellationToken, Task> transform)
            : base(head, head.Run.AbortToken)
        {
            _head = head;
            _input = input;
            _output = output;
            _transform = transform;
            _reader = new OpenReader<T>(input, Sides);
            _writer = new OpenWriter<U>(output, head, Sides);
        }

        protected override Task CallAsync() => _transform(_reader.Reader, _writer.Writer, _head, Token);

        protected override void Returned(Exception? error)
        {
            switch (error)
            {
                case null:
                case ChannelClosedException when _output.IsReaderGone:
                case OperationCanceledException when _output.IsReaderGone && !Run.IsAborting:
                    break; // it went on writing, or was waiting, when nobody took any more: this is how it was told
                default:
                    Head.Caught(error);
                    break;
            }

            _input.LeaveReader();
            if (!Run.IsAborting)
            {
                _writer.End(); // in an aborted run nobody downstream must take this for a good end
            }
        }

        public override IslandTimes TimesAt(long now) => Times(now).Waited(_reader.WaitedAt(now), _writer.WaitedAt(now));

        public override void WakeUp()
        {
            _reader.Break(Token);
            _writer.Break(Token);
            base.WakeUp();
        }

        public override void Abandon() => Head.AbandonLink(_input);
    }
}

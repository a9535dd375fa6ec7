using Pipelines.Channels;
using Pipelines.Execution;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block written in code: whatever it writes, from any number of tasks at once, until it returns.</summary>
    /// <remarks>
    /// <para><b>Order:</b> as written. <b>Backpressure:</b> a boundary: <c>WriteAsync</c> waits while the link behind the block is full.</para>
    /// <para><b>Completion:</b> when the function's task ends, or when it completes the writer. Its token is cancelled when the run stops, and when nobody downstream takes any more; an
    /// <see cref="OperationCanceledException"/> is then the end of the stream. Writes after the end are refused with <see cref="ChannelClosedException"/>.
    /// Once nobody downstream takes any more, writes are refused in the same way, so that a function which waits for something outside ends too.</para>
    /// <para><b>Failure:</b> an exception of the function, or the error it completes the writer with, fails the run.</para>
    /// <para><b>Cost:</b> a link, and a lock for each write, since several tasks may write.</para>
    /// </remarks>
    /// <param name="produce">Writes the items.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What it writes.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="produce"/> is null.</exception>
    public static Pipeline<T> Produce<T>(
        Func<ChannelWriter<T>, CancellationToken, Task> produce, [CallerArgumentExpression(nameof(produce))] string expression = "") =>
        new(new Produce<T>(Delegates.WithBlock(Require.NotNull(produce)), expression));
}

/// <summary>A producer as a function that writes. One of ours is also given the block, to account for what it cannot write, and may claim a one-shot source.</summary>
internal sealed class Produce<T>(Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> produce, string name, OneShot? claim = null)
    : Blueprint<T>(BlockKind.Producer, name)
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
        Ring<T> link = LinkIsland<T>.InFrontOf(plan, next);
        var block = plan.Add(new WriterBlockRun(plan.Run, blueprint, link), next.Block);
        var island = new ProducingIsland(block, link, produce);
        island.AddOutlet();
        link.ReaderLeft = island.OutletLeft;
        plan.Add(island);
        return (block, island.Writer);
    }

    private sealed class ProducingIsland(
        WriterBlockRun head, Ring<T> link, Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> produce) : Island(head)
    {
        private readonly WantedToken _token = new(head.Run, head.Run.StopToken);
        private readonly OpenWriter<T> _writer = new(link, head);

        public ChannelWriter<T> Writer => _writer.Writer;

        protected override async Task LoopAsync()
        {
            try
            {
                if (!Run.IsStopping)
                {
                    await produce(_writer.Writer, head, _token.Token);
                }
            }
            catch (OperationCanceledException) when (Run.IsStopping || link.IsReaderGone)
            {
                // The function obeyed its token: this is where the stream ends.
            }
            catch (ChannelClosedException) when (link.IsReaderGone)
            {
                // It went on writing although nobody takes any more: this is how it was told.
            }

            finally
            {
                _token.Over();
            }

            // Not after an exception: then the run fails, and nobody downstream must take this for a good end.
            _writer.End();
        }

        protected override (long Starved, long Blocked) WaitedAt(long now)
        {
            (long starved, long blocked) = base.WaitedAt(now);
            return (starved, blocked + _writer.WaitedAt(now));
        }

        // Once writes are held, whatever the function does feeds nothing.
        protected override bool IsIdle => true;

        public override void Pause() => _writer.Hold();

        public override void Resume() => _writer.LetGo();

        protected override void Unwanted() => _token.Unwanted();

        public override void Wake() => _writer.Break(_token.Token);

        public override void Abandon()
        {
        }
    }
}

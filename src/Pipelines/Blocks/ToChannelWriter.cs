using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A consumer block that writes each item to a channel. It closes the pipeline.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Backpressure:</b> waits while the channel is full.</para>
    /// <para><b>Completion:</b> the end of the run is passed on, its exception too: a run that failed, was cancelled or aborted completes the channel
    /// with that exception, and only one that delivered everything completes it without. With <paramref name="leaveOpen"/> it is left alone.</para>
    /// <para><b>Failure:</b> <see cref="ChannelClosedException"/> if somebody else completed the channel while there are items for it.</para>
    /// <para><b>Cost:</b> fused; one <c>TryWrite</c> an item. With a <see cref="BlockOptions.Capacity"/> it is a boundary, and a link comes to it. Waits are
    /// never cancelled writes, which the in-box channels may deliver all the same.</para>
    /// </remarks>
    /// <param name="writer">The channel's writer.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="leaveOpen">Whether the channel stays open when the run has ended, for others to write to.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline To(
        ChannelWriter<T> writer, BlockOptions? options = null, bool leaveOpen = false, [CallerArgumentExpression(nameof(writer))] string expression = "") =>
        new(new ToChannelWriter<T>(Block, Require.NotNull(writer), leaveOpen, options.Checked(Means.Capacity), expression));
}

internal sealed class ToChannelWriter<T>(Blueprint<T> upstream, ChannelWriter<T> writer, bool leaveOpen, BlockOptions? options, string name)
    : ConsumerBlueprint(name, Settings.Strict(options)), IRunEnd
{
    public override void Build(Plan plan)
    {
        if (!leaveOpen)
        {
            plan.Add(this);
        }

        BlockRun block = plan.Add(this, null, countsOut: true);
        block.Holds = 1; // the item for which the channel has no room
        var stage = new Stage(block, writer);
        upstream.Build(plan, Options.Capacity is null ? stage : new LinkWriter<T>(block, LinkIsland<T>.Add(plan, block, stage)));
    }

    public void End(Exception? error) => writer.TryComplete(error);

    /// <summary>Writes within the island in front of it: an item that goes through an idle pipeline wakes nobody on its last step.</summary>
    /// <remarks>It is full while the channel is: it holds one item then, and the channel's own wait wakes the island. A foreign channel is only ever touched
    /// with <c>TryWrite</c> and
    /// <c>WaitToWriteAsync</c>: the in-box ones may deliver what a cancelled write was to bring.</remarks>
    private sealed class Stage(BlockRun block, ChannelWriter<T> writer) : LastDelegateStage<T>(block)
    {
        private readonly CancellationToken _token = block.Run.AbortToken;
        private Island? _island;
        private Action? _hasRoom;
        private Pending<bool> _wait;
        private T _held = default!;
        private bool _holds;
        private bool _hasFailed;

        public override bool Push(T item)
        {
            Enter(item);
            bool written = writer.TryWrite(item);
            Exit();
            if (written)
            {
                Block.Counted++;
                return true;
            }

            (_held, _holds) = (item, true);
            return false;
        }

        // Asked by the island before each push and, behind the announcement of its wait, once more.
        public override Readiness Check()
        {
            if (!_holds)
            {
                return _hasFailed ? Readiness.Finished : Readiness.Ready;
            }

            try
            {
                while (!writer.TryWrite(_held))
                {
                    if (!_wait.IsBegun)
                    {
                        _wait.Begin(writer.WaitToWriteAsync(_token));
                    }

                    if (_wait.IsStillPending(_hasRoom ??= () => _island!.Wake(Wait.Room), isDirect: false))
                    {
                        return Readiness.Full;
                    }

                    if (!_wait.End())
                    {
                        throw new ChannelClosedException("The channel was completed by somebody else while the pipeline still had items for it.");
                    }
                }

                Block.Counted++;
                (_held, _holds) = (default!, false);
                return Readiness.Ready;
            }
            catch (Exception error)
            {
                T item = _held;
                (_held, _holds, _hasFailed) = (default!, false, true);
                Block.Caught(item, error);
                return Readiness.Finished;
            }
        }

        public override bool Complete() => Check() != Readiness.Full;

        public override void Abandon()
        {
            if (_holds)
            {
                _holds = false;
                Block.Undeliver(_held);
            }
        }

        public override void Attach(Island island)
        {
            _island = island;
            base.Attach(island);
        }
    }
}

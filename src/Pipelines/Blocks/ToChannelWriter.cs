using System.Runtime.CompilerServices;
using System.Threading.Channels;
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
    /// <para><b>Cost:</b> a link and one <c>TryWrite</c> an item. Waits are never cancelled writes, which the in-box channels may deliver all the same.</para>
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

        new ForEachAsync<T>(upstream, WriteAsync, Options, Name).Build(plan, this);
    }

    public void End(Exception? error) => writer.TryComplete(error);

    private ValueTask WriteAsync(T item, CancellationToken token) => writer.TryWrite(item) ? default : WriteWhenRoomAsync(item, token);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteWhenRoomAsync(T item, CancellationToken token)
    {
        do
        {
            if (!await writer.WaitToWriteAsync(token))
            {
                throw new ChannelClosedException("The channel was completed by somebody else while the pipeline still had items for it.");
            }
        }
        while (!writer.TryWrite(item));
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Channels;

/// <summary>Reading up to a sentinel: an item that says "done", for channels whose writers cannot complete them. Where they can, complete them, or use a <see
/// cref="Pipe{T}"/>.</summary>
public static class SentinelReading
{
    /// <summary>Reads a channel up to a sentinel. One sentinel ends every reader of the channel, however many there are.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the channel's. <b>Completion:</b> at the sentinel, which is taken out and never yielded, or at the end of the channel. The end is
    /// remembered: every other reader
    /// that reads this channel up to this sentinel ends too, also one that begins later. What stands behind the sentinel stays in the channel, for
    /// <c>ReadAllAsync</c> or <c>TryRead</c>.</para>
    /// <para><b>Failure:</b> a channel that was completed with an error throws it. <b>Cancellation:</b> takes no item.</para>
    /// <para><b>Cost:</b> readers take turns, each for as long as it takes to wait for one item; the loops' bodies run concurrently.</para>
    /// </remarks>
    /// <param name="reader">The channel to read. Any channel.</param>
    /// <param name="sentinel">The item that says "done".</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <typeparam name="T">What travels through the channel.</typeparam>
    /// <returns>The items before the sentinel that come to this reader.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    public static IAsyncEnumerable<T> ReadUntilAsync<T>(this ChannelReader<T> reader, T sentinel, CancellationToken cancellationToken = default) =>
        reader.ReadUntilAsync(sentinel, writers: 1, comparer: null, cancellationToken);

    /// <summary>Reads a channel up to the last sentinel of several writers, each of which sends one. Then every reader of the channel has ended, however many
    /// there are.</summary>
    /// <remarks>As the other overload; a sentinel that is not the last is taken out and passed over.</remarks>
    /// <param name="reader">The channel to read. Any channel.</param>
    /// <param name="sentinel">The item that says "done".</param>
    /// <param name="writers">How many sentinels there will be: one a writer. All readers of the channel must give the same number.</param>
    /// <param name="comparer">How to tell the sentinel; null for the type's own equality. All readers of the channel must give the same.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <typeparam name="T">What travels through the channel.</typeparam>
    /// <returns>The items before the last sentinel that come to this reader.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="writers"/> is below 1.</exception>
    /// <exception cref="ArgumentException">Another reader of this channel gave another number of writers for this sentinel.</exception>
    public static IAsyncEnumerable<T> ReadUntilAsync<T>(
        this ChannelReader<T> reader, T sentinel, int writers, IEqualityComparer<T>? comparer = null, CancellationToken cancellationToken = default)
    {
        Require.NotNull(reader);
        if (writers < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(writers), writers, "Each writer sends one sentinel; there must be 1 or more.");
        }

        SharedEnd<T> end = SharedEnd<T>.Of(reader, sentinel, comparer ?? EqualityComparer<T>.Default);
        return end.TryExpect(writers)
            ? ReadAsync(reader, end, cancellationToken)
            : throw new ArgumentException(
                $"Another reader of this channel expects {end.Expected} of these sentinels, this one {writers}. They must agree.", nameof(writers));
    }

    private static async IAsyncEnumerable<T> ReadAsync<T>(
        ChannelReader<T> reader, SharedEnd<T> end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (; ; )
        {
            T? item;
            await end.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                // Only in turn: one that reads on while another still looks at the sentinel would take what stands behind it.
                if (end.HasCome || !await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield break;
                }

                if (!reader.TryRead(out item))
                {
                    continue; // somebody reads the channel without regard to sentinels
                }

                if (end.Is(item))
                {
                    continue;
                }
            }
            finally
            {
                end.Turn.Release();
            }

            yield return item;
        }
    }
}

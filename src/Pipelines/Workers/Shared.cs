using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Workers;

/// <summary>A value that several tasks share. It has no setter: to change it is to say how the new value comes from the old, so no update is ever
/// lost.</summary>
/// <remarks>
/// <para><b>Threads:</b> every member may be called by any number of threads at once. Nobody waits for anybody: of several updates at once one takes effect,
/// and the others are computed again.</para>
/// <para><b>Cost:</b> a read is one load; an update one small allocation and one compare-and-swap, and as many more as others got ahead of it.</para>
/// </remarks>
/// <typeparam name="T">What is shared. It should be immutable: a record, a number, a string, an immutable collection.</typeparam>
/// <param name="value">The first value, of version 0.</param>
[SuppressMessage("Naming", "CA1716:Identifiers should not match keywords",
    Justification = "A keyword of Visual Basic, which can escape it; no other word says it as well.")]
[DebuggerDisplay("{Read().Value} (version {Read().Version})")]
public sealed class Shared<T>(T value)
{
    // Value and version in one object, so that they are exchanged together and a large struct is never seen half written.
    private Snapshot<T> _current = new(value, 0);

    /// <summary>The value now, with its version.</summary>
    /// <returns>A snapshot, which does not change when the shared value does.</returns>
    public Snapshot<T> Read() => Volatile.Read(ref _current);

    /// <summary>Replaces the value by one that is computed from it, as one step.</summary>
    /// <param name="update">Computes the new value. It may run more than once, when others change the value meanwhile, so it must have no effects of its own;
    /// only its last result counts. It runs under no lock; if it throws, nothing has changed.</param>
    /// <returns>The value that this update made, with its version.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="update"/> is null.</exception>
    public Snapshot<T> Update(Func<T, T> update)
    {
        Require.NotNull(update);
        Snapshot<T> old = Read();
        for (; ; )
        {
            var updated = new Snapshot<T>(update(old.Value), old.Version + 1);
            Snapshot<T> found = Interlocked.CompareExchange(ref _current, updated, old);
            if (ReferenceEquals(found, old))
            {
                return updated;
            }

            old = found;
        }
    }

    /// <summary>Replaces the value if nobody has changed it since a snapshot was read.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">What <see cref="Read"/> returned.</param>
    /// <returns>What was there: <paramref name="comparand"/> itself if the value was replaced, otherwise what others made of it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="comparand"/> is null.</exception>
    public Snapshot<T> CompareExchange(T value, Snapshot<T> comparand) =>
        Interlocked.CompareExchange(ref _current, new Snapshot<T>(value, Require.NotNull(comparand).Version + 1), comparand);

    /// <summary>Replaces the value if it equals another, by the type's own equality.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">What the value must equal.</param>
    /// <returns>The value that was there: one that equals <paramref name="comparand"/> if it was replaced.</returns>
    public T CompareExchange(T value, T comparand)
    {
        Snapshot<T> old = Read();
        while (EqualityComparer<T>.Default.Equals(old.Value, comparand))
        {
            Snapshot<T> found = CompareExchange(value, old);
            if (ReferenceEquals(found, old))
            {
                break;
            }

            old = found;
        }

        return old.Value;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields what a sequence yields.</summary>
    /// <remarks>
    /// <para><b>Order:</b> the sequence's. <b>Backpressure:</b> the next item is asked for only when there is room for it.</para>
    /// <para><b>Completion:</b> with the sequence; its enumerator is disposed however the run ends.</para>
    /// <para><b>Failure:</b> an exception of the enumerator fails the run.</para>
    /// <para><b>Cost:</b> fused with the blocks behind it; 0 bytes an item beyond what the enumerator allocates.</para>
    /// </remarks>
    /// <param name="source">Enumerated anew by each run, on the run's scheduler.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the sequence yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> From<T>(
        IEnumerable<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        new(new FromEnumerable<T>(Require.NotNull(source), options.Checked(Means.Name, block: "From(IEnumerable)"), expression));
}

internal sealed class FromEnumerable<T>(IEnumerable<T> source, BlockOptions? options, string name) : Blueprint<T>(BlockKind.Producer, name, options)
{
    public override void Build(Plan plan, Stage<T> next)
    {
        switch (source)
        {
            // Exact types only: a derived list, or an array seen through array covariance, may enumerate differently.
            case T[] array when array.GetType() == typeof(T[]):
                SourceIsland<T, ArraySource<T>>.Add(plan, this, new ArraySource<T>(array), next);
                break;
            default:
                SourceIsland<T, EnumeratorSource<T>>.Add(plan, this, new EnumeratorSource<T>(source), next);
                break;
        }
    }
}

internal struct ArraySource<T>(T[] array) : ISource<T>
{
    private int _next;

    public static bool IsAtHand => true;

    public readonly void Open()
    {
    }

    public bool TryNext([MaybeNullWhen(false)] out T item)
    {
        if (_next < array.Length)
        {
            item = array[_next++];
            return true;
        }

        item = default;
        return false;
    }

    public int TakeMany(Span<T> items)
    {
        int taken = Math.Min(items.Length, array.Length - _next);
        array.AsSpan(_next, taken).CopyTo(items);
        _next += taken;
        return taken;
    }

    public readonly void Close()
    {
    }
}

internal struct EnumeratorSource<T>(IEnumerable<T> source) : ISource<T>
{
    private IEnumerator<T>? _enumerator;

    public void Open() => _enumerator = source.GetEnumerator();

    public readonly bool TryNext([MaybeNullWhen(false)] out T item)
    {
        if (_enumerator!.MoveNext())
        {
            item = _enumerator.Current;
            return true;
        }

        item = default;
        return false;
    }

    public readonly void Close() => _enumerator?.Dispose();
}

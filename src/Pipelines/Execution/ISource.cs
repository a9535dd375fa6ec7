using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Execution;

/// <summary>A synchronous producer. Implemented by structs, so that the loop that pumps it is compiled for each and calls it directly.</summary>
internal interface ISource<T>
{
    /// <summary>Whether the items are there already, so that to take one runs nobody's code and never waits.</summary>
    static virtual bool IsAtHand => false;

    void Open();

    bool TryNext([MaybeNullWhen(false)] out T item);

    /// <summary>Of a source that is at hand, takes as many items as there are and fit. 0: there are no more.</summary>
    int TakeMany(Span<T> items) => throw new NotSupportedException("This source gives one item at a time.");

    void Close();
}

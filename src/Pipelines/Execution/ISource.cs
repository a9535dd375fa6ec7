using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Execution;

/// <summary>A synchronous producer. Implemented by structs, so that the loop that pumps it is compiled for each and calls it directly.</summary>
internal interface ISource<T>
{
    void Open();

    bool TryNext([MaybeNullWhen(false)] out T item);

    void Close();
}

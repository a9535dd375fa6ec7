using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Pipelines;

// What would compile and then do something else: an asynchronous delegate given to a synchronous block. For ForEach it would be an
// async void, whose exceptions and end nobody sees; for Select a stream of tasks.
public sealed partial class Pipeline<T>
{
    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Select takes a synchronous delegate. For an asynchronous one call SelectAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline<U> Select<U>(Func<T, Task<U>> selector) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Select takes a synchronous delegate. For an asynchronous one call SelectAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<U> Select<U>(Func<T, ValueTask<U>> selector) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Select takes a synchronous delegate that returns a value. For an asynchronous one call SelectAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<T> Select(Func<T, Task> selector) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="predicate">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Where takes a synchronous delegate. For an asynchronous one call WhereAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline<T> Where(Func<T, Task<bool>> predicate) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="predicate">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Where takes a synchronous delegate. For an asynchronous one call WhereAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<T> Where(Func<T, ValueTask<bool>> predicate) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Do takes a synchronous delegate. For an asynchronous one call SelectAsync and return the item.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline<T> Do(Func<T, Task> action) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("Do takes a synchronous delegate. For an asynchronous one call SelectAsync and return the item.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<T> Do(Func<T, ValueTask> action) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("ForEach takes a synchronous delegate. For an asynchronous one call ForEachAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline ForEach(Func<T, Task> action) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete("ForEach takes a synchronous delegate. For an asynchronous one call ForEachAsync.", error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline ForEach(Func<T, ValueTask> action) => throw new NotSupportedException();
}

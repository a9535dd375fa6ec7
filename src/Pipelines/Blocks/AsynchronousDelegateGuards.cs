using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Pipelines;

// What would compile and then do something else: an asynchronous delegate given to a synchronous block. For ForEach it would be an
// async void, whose exceptions and end nobody sees; for Select a stream of tasks.
//
// The result is a type parameter wherever it can be, and the constraint says which results are meant: a lambda that only throws, which
// converts to every delegate, gives the compiler no result to infer and so stays synchronous. No constraint says "ValueTask", but
// nothing else is a struct that equals ValueTasks. Constraints do not tell methods apart, so one of each pair has a parameter more.
// Left over is Select<int>(x => throw ...), which names the type itself: there int (int x) => throw ... says what is meant.
public sealed partial class Pipeline<T>
{
    private const string UseSelectAsync = "Select takes a synchronous delegate. For an asynchronous one call SelectAsync.";
    private const string UseWhereAsync = "Where takes a synchronous delegate. For an asynchronous one call WhereAsync.";
    private const string InsteadOfDoUseSelectAsync = "Do takes a synchronous delegate. For an asynchronous one call SelectAsync and return the item.";
    private const string UseForEachAsync = "ForEach takes a synchronous delegate. For an asynchronous one call ForEachAsync.";

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline<T> Select<TTask>(Func<T, TTask> selector, BlockOptions? options = null)
        where TTask : Task => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <param name="none">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline<T> Select<TTask>(Func<T, TTask> selector, BlockOptions? options = null, object? none = null)
        where TTask : struct, IEquatable<ValueTask> => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns, when it has ended.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline<T> Select<TResult>(Func<T, ValueTask<TResult>> selector, BlockOptions? options = null) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="selector">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<T> Select<TResult>(Func<T, CancellationToken, TResult> selector, BlockOptions? options = null) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="predicate">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseWhereAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline<T> Where<TTask>(Func<T, TTask> predicate, BlockOptions? options = null)
        where TTask : Task => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="predicate">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <param name="none">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseWhereAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline<T> Where<TTask>(Func<T, TTask> predicate, BlockOptions? options = null, object? none = null)
        where TTask : struct, IEquatable<ValueTask<bool>> => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="predicate">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseWhereAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<T> Where<TResult>(Func<T, CancellationToken, TResult> predicate, BlockOptions? options = null) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(InsteadOfDoUseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline<T> Do<TTask>(Func<T, TTask> action, BlockOptions? options = null)
        where TTask : Task => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <param name="none">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(InsteadOfDoUseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline<T> Do<TTask>(Func<T, TTask> action, BlockOptions? options = null, object? none = null)
        where TTask : struct, IEquatable<ValueTask> => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns, when it has ended.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(InsteadOfDoUseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline<T> Do<TResult>(Func<T, ValueTask<TResult>> action, BlockOptions? options = null) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(InsteadOfDoUseSelectAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline<T> Do<TResult>(Func<T, CancellationToken, TResult> action, BlockOptions? options = null) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseForEachAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline ForEach<TTask>(Func<T, TTask> action, BlockOptions? options = null)
        where TTask : Task => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <param name="none">Never read.</param>
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseForEachAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline ForEach<TTask>(Func<T, TTask> action, BlockOptions? options = null, object? none = null)
        where TTask : struct, IEquatable<ValueTask> => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns, when it has ended.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseForEachAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public Pipeline ForEach<TResult>(Func<T, ValueTask<TResult>> action, BlockOptions? options = null) => throw new NotSupportedException();

    /// <summary>Not for asynchronous delegates: the compiler refuses them here.</summary>
    /// <param name="action">An asynchronous delegate.</param>
    /// <param name="options">Never read.</param>
    /// <typeparam name="TResult">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseForEachAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public Pipeline ForEach<TResult>(Func<T, CancellationToken, TResult> action, BlockOptions? options = null) => throw new NotSupportedException();
}

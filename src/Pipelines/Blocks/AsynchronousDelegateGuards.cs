using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Pipelines;

// The one thing that no analyzer may leave to chance: an asynchronous lambda given to a block that takes an Action would be an async void,
// whose exceptions and end nobody sees, and would be so for whoever has turned the analyzer off. All other asynchronous delegates at
// synchronous blocks are found by the package's analyzer (PIPE001).
//
// The result is a type parameter: a lambda that only throws, which converts to every delegate, gives the compiler no result to infer and
// so stays an Action. An async lambda's result is always a Task here, since the compiler has no reason to make another of it.
public sealed partial class Pipeline<T>
{
    private const string InsteadOfDoUseSelectAsync = "Do takes a synchronous delegate. For an asynchronous one call SelectAsync and return the item.";
    private const string UseForEachAsync = "ForEach takes a synchronous delegate. For an asynchronous one call ForEachAsync.";

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
    /// <typeparam name="TTask">What the delegate returns.</typeparam>
    /// <returns>Nothing: it does not compile.</returns>
    [Obsolete(UseForEachAsync, error: true), EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(3)]
    public Pipeline ForEach<TTask>(Func<T, TTask> action, BlockOptions? options = null)
        where TTask : Task => throw new NotSupportedException();
}

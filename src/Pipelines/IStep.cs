using System.Diagnostics.CodeAnalysis;

namespace Pipelines;

/// <summary>A fused operator of your own, for <see cref="Pipeline{T}.Fuse"/>: takes items one by one, and gives at most one for each.</summary>
/// <remarks>
/// <para>It is created for one run and called by one thread at a time, so what it keeps in its fields needs no lock. A step that is
/// <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is disposed once, when everything of its run has stopped, however the run ended.</para>
/// <para>What a step has kept when a run is aborted is its own: the library does not know of it.</para>
/// </remarks>
/// <typeparam name="TIn">What goes in.</typeparam>
/// <typeparam name="TOut">What comes out.</typeparam>
public interface IStep<in TIn, TOut>
{
    /// <summary>Takes an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="result">What comes out for it.</param>
    /// <returns>Whether something comes out. If not, the item counts as filtered.</returns>
    bool TryNext(TIn item, [MaybeNullWhen(false)] out TOut result);

    /// <summary>The input has ended: gives what was kept, one a call. Called until it returns false, also when the run is stopped; not when it is
    /// aborted.</summary>
    /// <param name="result">What comes out.</param>
    /// <returns>Whether something comes out, and there may be more.</returns>
    bool TryFlush([MaybeNullWhen(false)] out TOut result);
}

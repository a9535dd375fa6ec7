using Pipelines.Execution;

namespace Pipelines;

/// <summary>
/// An open pipeline, ending in a block that yields <typeparamref name="T"/>: an immutable blueprint. Nothing runs, and nothing is allocated but the
/// description, until a member runs it; each run starts afresh at the source.
/// </summary>
/// <remarks>
/// It is not an <see cref="IAsyncEnumerable{T}"/>, so that the operators in view are its own; <see cref="ReadAllAsync(CancellationToken)"/> makes it one.
/// </remarks>
/// <typeparam name="T">What comes out of the last block.</typeparam>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(PipelineDebugView<>))]
public sealed partial class Pipeline<T>
{
    internal Pipeline(Blueprint<T> block) => Block = block;

    internal Blueprint<T> Block { get; }

    private string DebuggerDisplay => $"{DebugText.Of(PipelineDebugView<T>.Of(this))} yields {typeof(T).Name}";
}

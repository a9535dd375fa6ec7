using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline until it has yielded an item, and returns that.</summary>
    /// <remarks><b>Completion:</b> the run ends with the first item: upstream is stopped, and what was in flight is counted and handed back.</remarks>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The first item. The task fails with <see cref="InvalidOperationException"/> when there is none.</returns>
    public Task<T> FirstAsync(CancellationToken cancellationToken = default) =>
        FirstAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options until it has yielded an item, and returns that.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The first item. The task fails with <see cref="InvalidOperationException"/> when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<T> FirstAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Take(1).Aggregate(
            (IsThere: false, Item: default(T)!),
            static (_, item) => (true, item),
            static first => first.IsThere ? first.Item : throw new InvalidOperationException("The pipeline yielded no item."),
            options,
            cancellationToken);

    /// <summary>Runs the pipeline until it has yielded an item, and returns that, or the default when there is none.</summary>
    /// <remarks><b>Completion:</b> the run ends with the first item: upstream is stopped, and what was in flight is counted and handed back.</remarks>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The first item or the default of its type.</returns>
    public Task<T?> FirstOrDefaultAsync(CancellationToken cancellationToken = default) =>
        FirstOrDefaultAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options until it has yielded an item, and returns that, or the default when there is none.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The first item or the default of its type.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<T?> FirstOrDefaultAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Take(1).Aggregate(default(T), static (_, item) => item, options, cancellationToken);
}

using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and counts its items.</summary>
    /// <remarks><b>Failure:</b> as <see cref="Pipeline.RunAsync(CancellationToken)"/>, and <see cref="OverflowException"/> above
    /// <see cref="int.MaxValue"/>: then use <see cref="LongCountAsync(CancellationToken)"/>.</remarks>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>How many items came out.</returns>
    public Task<int> CountAsync(CancellationToken cancellationToken = default) =>
        CountAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and counts its items.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>How many items came out.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<int> CountAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Aggregate(0, static (count, _) => checked(count + 1), options, cancellationToken);

    /// <summary>Runs the pipeline and counts its items, however many they are.</summary>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>How many items came out.</returns>
    public Task<long> LongCountAsync(CancellationToken cancellationToken = default) =>
        LongCountAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and counts its items, however many they are.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>How many items came out.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<long> LongCountAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Aggregate(0L, static (count, _) => count + 1, options, cancellationToken);
}

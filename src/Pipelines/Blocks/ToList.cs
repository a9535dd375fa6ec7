using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and gathers its items in a list.</summary>
    /// <remarks><b>Order:</b> the pipeline's. <b>Failure:</b> as <see cref="Pipeline.RunAsync(CancellationToken)"/>; what was gathered is then lost with the
    /// list.</remarks>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>All items.</returns>
    public Task<List<T>> ToListAsync(CancellationToken cancellationToken = default) =>
        ToListAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and gathers its items in a list.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>All items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<List<T>> ToListAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Aggregate(
            new List<T>(),
            static (list, item) =>
            {
                list.Add(item);
                return list;
            },
            options,
            cancellationToken);
}

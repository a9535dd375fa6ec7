using System.Runtime.CompilerServices;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and gathers its items in an array.</summary>
    /// <remarks><b>Order:</b> the pipeline's. <b>Failure:</b> as <see cref="Pipeline.RunAsync(CancellationToken)"/>; what was gathered is then lost with the
    /// array.</remarks>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The items.</returns>
    public Task<T[]> ToArrayAsync(CancellationToken cancellationToken = default) =>
        ToArrayAsync(PipelineOptions.Default, cancellationToken);

    /// <summary>Runs the pipeline with options and gathers its items in an array.</summary>
    /// <param name="options">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The items.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public Task<T[]> ToArrayAsync(PipelineOptions options, CancellationToken cancellationToken = default) =>
        Aggregate(
            new List<T>(),
            static (list, item) =>
            {
                list.Add(item);
                return list;
            },
            static list => list.ToArray(),
            options,
            cancellationToken);
}

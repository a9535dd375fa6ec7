using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines;

public static partial class PipelineOperators
{
    /// <summary>A producer block that yields what a sequence yields: <c>Pipeline.From</c> at the end of an expression.</summary>
    /// <remarks><b>Order, Backpressure, Completion, Failure, Cost:</b> as <c>Pipeline.From</c>.</remarks>
    /// <param name="source">Enumerated anew by each run.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What it yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> ToPipeline<T>(
        this IEnumerable<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        Pipeline.From(source, options, expression);

    /// <summary>A producer block that yields what an asynchronous sequence yields: <c>Pipeline.From</c> at the end of an expression.</summary>
    /// <remarks><b>Order, Backpressure, Completion, Failure, Cost:</b> as <c>Pipeline.From</c>.</remarks>
    /// <param name="source">Enumerated anew by each run.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What it yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> ToPipeline<T>(
        this IAsyncEnumerable<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        Pipeline.From(source, options, expression);

    /// <summary>A producer block that yields what a channel delivers: <c>Pipeline.From</c> at the end of an expression.</summary>
    /// <remarks><b>Order, Backpressure, Completion, Failure, Cost:</b> as <c>Pipeline.From</c>.</remarks>
    /// <param name="source">The channel's reader; the blueprint runs once.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What it yields.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this producer.</exception>
    public static Pipeline<T> ToPipeline<T>(
        this ChannelReader<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        Pipeline.From(source, options, expression);
}

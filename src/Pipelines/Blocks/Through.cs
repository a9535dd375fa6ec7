using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Puts a reusable piece of pipeline behind this one: it reads <c>.Through(Parse)</c> instead of <c>Parse(…)</c> around everything
    /// before.</summary>
    /// <remarks>It is a call and nothing else: no block, no link, no cost.</remarks>
    /// <param name="extend">Gets this pipeline and returns it with more blocks.</param>
    /// <typeparam name="TResult">What comes out of the last of them.</typeparam>
    /// <returns>What <paramref name="extend"/> returns.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="extend"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="extend"/> returned null.</exception>
    public Pipeline<TResult> Through<TResult>(Func<Pipeline<T>, Pipeline<TResult>> extend) =>
        Returned.NotNull(Require.NotNull(extend)(this), nameof(Through), "a pipeline");
}

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Puts a reusable piece of pipeline behind this one: it reads <c>.Through(Parse)</c> instead of <c>Parse(…)</c> around everything before.</summary>
    /// <remarks>It is a call and nothing else: no block, no link, no cost.</remarks>
    /// <param name="extend">Gets this pipeline and returns it with more blocks.</param>
    /// <typeparam name="U">What comes out of the last of them.</typeparam>
    /// <returns>What <paramref name="extend"/> returns.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="extend"/> is null.</exception>
    public Pipeline<U> Through<U>(Func<Pipeline<T>, Pipeline<U>> extend) => Require.NotNull(extend)(this);
}

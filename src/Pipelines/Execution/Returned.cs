using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Execution;

/// <summary>The one answer to user code that returns null where something of it is to be used.</summary>
internal static class Returned
{
    /// <exception cref="InvalidOperationException">It is null.</exception>
    public static T NotNull<T>([NotNull] T? result, BlockRun block, string what)
        where T : class => result ?? throw Nothing(block.Run.NameOf(block), what);

    /// <inheritdoc cref="NotNull{T}(T, BlockRun, string)"/>
    public static T NotNull<T>([NotNull] T? result, string block, string what)
        where T : class => result ?? throw Nothing(BlockName.Shorten(block), what);

    public static InvalidOperationException Nothing(string block, string what) =>
        new($"The delegate of block '{block}' returned null, where it must return {what}.");
}

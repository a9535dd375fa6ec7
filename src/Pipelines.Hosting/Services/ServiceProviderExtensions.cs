namespace Pipelines.Hosting;

/// <summary>What the build of a hosted pipeline may ask of its service provider.</summary>
public static class ServiceProviderExtensions
{
    /// <summary>Options of a block that the configuration may change: for blocks that take no service, which know nothing of it.</summary>
    /// <param name="services">The provider that the build was given.</param>
    /// <param name="block">The block's name, which is also its key in the configuration.</param>
    /// <param name="defaults">What the block has where the configuration says nothing; null for the defaults of all blocks.</param>
    /// <returns>The options, with the block's name.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="InvalidOperationException">No host builds a pipeline here.</exception>
    public static BlockOptions GetBlockOptions(this IServiceProvider services, string block, BlockOptions? defaults = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(block);
        return RunServices.Current.OptionsOf((defaults ?? new()) with { Name = block }, block);
    }
}

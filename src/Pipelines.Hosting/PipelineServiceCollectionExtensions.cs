using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting;

/// <summary>Registers pipelines as services of a host, which starts them with itself and drains them when it stops.</summary>
public static class PipelineServiceCollectionExtensions
{
    /// <summary>Adds a pipeline that has its own sources.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The pipeline's name in logs, metrics and health checks, and the key of its <see cref="IPipelineHost"/>.</param>
    /// <param name="build">Builds the pipeline; called anew for each run, so that a one-shot source is made anew too.</param>
    /// <returns>What else there is to say of the pipeline.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, or another pipeline has it.</exception>
    public static PipelineBuilder AddPipeline(this IServiceCollection services, string name, Func<IServiceProvider, Pipeline> build)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(build);
        return new(services, PipelineRegistration.Add(services, name, inputType: null, (provider, _) => build(provider)));
    }

    /// <summary>Adds a pipeline that is fed from outside: from an inbox, which <see cref="PipelineBuilderExtensions.WithInbox"/> adds.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The pipeline's name in logs, metrics and health checks, and the key of its <see cref="IPipelineHost"/> and its inbox.</param>
    /// <param name="build">Builds the pipeline behind its input; called anew for each run.</param>
    /// <typeparam name="T">What the pipeline is fed with.</typeparam>
    /// <returns>What else there is to say of the pipeline.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, or another pipeline has it.</exception>
    public static PipelineBuilder<T> AddPipeline<T>(
        this IServiceCollection services, string name, Func<IServiceProvider, Pipeline<T>, Pipeline> build)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(build);
        return new(services, PipelineRegistration.Add(services, name, typeof(T), (provider, input) => build(provider, ((PipelineInput<T>)input!).Pipeline)));
    }

    /// <summary>Adds a pipeline that a class of its own defines, whose constructor may ask for services.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The pipeline's name; null for that of the class.</param>
    /// <typeparam name="TDefinition">The class; made anew for each run.</typeparam>
    /// <returns>What else there is to say of the pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, or another pipeline has it.</exception>
    public static PipelineBuilder AddPipeline<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDefinition>(
        this IServiceCollection services, string? name = null)
        where TDefinition : class, IPipelineDefinition =>
        services.AddPipeline(name ?? typeof(TDefinition).Name, provider => ActivatorUtilities.CreateInstance<TDefinition>(provider).Build());

    /// <summary>Adds a pipeline that a class of its own defines, and that is fed from an inbox.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The pipeline's name; null for that of the class.</param>
    /// <typeparam name="TDefinition">The class; made anew for each run.</typeparam>
    /// <typeparam name="T">What the pipeline is fed with.</typeparam>
    /// <returns>What else there is to say of the pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, or another pipeline has it.</exception>
    public static PipelineBuilder<T> AddPipeline<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDefinition, T>(
        this IServiceCollection services, string? name = null)
        where TDefinition : class, IPipelineDefinition<T> =>
        services.AddPipeline<T>(
            name ?? typeof(TDefinition).Name,
            (provider, input) => ActivatorUtilities.CreateInstance<TDefinition>(provider).Build(input));
}

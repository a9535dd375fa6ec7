using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting;

/// <summary>Says more of a pipeline that was added to the services of a host. Its verbs are in <see cref="PipelineBuilderExtensions"/>.</summary>
public class PipelineBuilder
{
    internal PipelineBuilder(IServiceCollection services, PipelineRegistration registration) => (Services, Registration) = (services, registration);

    /// <summary>The pipeline's name.</summary>
    public string Name => Registration.Name;

    /// <summary>The services that it was added to.</summary>
    public IServiceCollection Services { get; }

    internal PipelineRegistration Registration { get; }
}

/// <summary>The same for a pipeline that is fed from outside.</summary>
/// <typeparam name="T">What the pipeline is fed with.</typeparam>
public sealed class PipelineBuilder<T> : PipelineBuilder
{
    internal PipelineBuilder(IServiceCollection services, PipelineRegistration registration)
        : base(services, registration)
    {
    }
}

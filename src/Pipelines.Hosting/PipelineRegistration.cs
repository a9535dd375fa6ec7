using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Pipelines.Hosting;

/// <summary>What was said of a pipeline when it was added. One object for each, filled in by its builder, read when the host starts.</summary>
internal sealed class PipelineRegistration
{
    private PipelineRegistration(string name, Type? inputType, Func<IServiceProvider, object?, Pipeline> build) =>
        (Name, InputType, Build) = (name, inputType, build);

    public string Name { get; }

    /// <summary>What it is fed with; null if it has its own sources.</summary>
    public Type? InputType { get; }

    /// <summary>Builds it, given its <see cref="PipelineInput{T}"/> if it has one.</summary>
    public Func<IServiceProvider, object?, Pipeline> Build { get; }

    /// <summary>Finds the inbox; null if there is none.</summary>
    public Func<IServiceProvider, IInbox>? Inbox { get; set; }

    public bool HasHealthCheck { get; set; }

    public static PipelineRegistration Add(IServiceCollection services, string name, Type? inputType, Func<IServiceProvider, object?, Pipeline> build)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (services.Any(service => !service.IsKeyedService && service.ImplementationInstance is PipelineRegistration other && other.Name == name))
        {
            throw new ArgumentException($"There is a pipeline '{name}' already. Give each a name of its own: it is the key of its services.", nameof(name));
        }

        var registration = new PipelineRegistration(name, inputType, build);
        services.AddOptions();
        services.AddLogging();
        services.AddSingleton(registration);
        services.AddKeyedSingleton(name, (provider, _) => new HostedPipeline(registration, provider));
        services.AddKeyedSingleton<IPipelineHost>(name, (provider, _) => provider.GetRequiredKeyedService<HostedPipeline>(name));
        services.AddSingleton<IPipelineHost>(provider => provider.GetRequiredKeyedService<HostedPipeline>(name));
        services.TryAddSingleton<PipelineHostingMeter>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PipelinesHostedService>());
        return registration;
    }
}

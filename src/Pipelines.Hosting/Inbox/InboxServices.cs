using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pipelines.Hosting;

/// <summary>Registers the inbox of a pipeline: by the pipeline's name, and by its type alone as long as no other pipeline is fed with that.</summary>
internal static class InboxServices
{
    /// <summary>What the block is called that reads it.</summary>
    public const string BlockName = "inbox";

    public static void Add<T>(IServiceCollection services, PipelineRegistration registration)
    {
        string name = registration.Name;
        if (registration.Inbox is not null)
        {
            throw new InvalidOperationException($"The pipeline '{name}' has an inbox already.");
        }

        registration.Inbox = provider => provider.GetRequiredKeyedService<MemoryInbox<T>>(name);
        services.AddKeyedSingleton(name, (provider, _) =>
            new MemoryInbox<T>(name, provider.GetRequiredService<IOptionsMonitor<HostedPipelineOptions>>().Get(name).InboxCapacity));
        services.AddKeyedSingleton<PipelineInbox<T>>(name, (provider, _) => provider.GetRequiredKeyedService<MemoryInbox<T>>(name));

        ServiceDescriptor? other = services.FirstOrDefault(service => service.ServiceType == typeof(PipelineInbox<T>) && !service.IsKeyedService);
        if (other is null)
        {
            services.AddSingleton<PipelineInbox<T>>(provider => provider.GetRequiredKeyedService<MemoryInbox<T>>(name));
        }
        else
        {
            services.Remove(other);
            services.AddSingleton<PipelineInbox<T>>(_ => throw new InvalidOperationException(
                $"Several pipelines are fed with {typeof(T).Name}, '{name}' among them. Say whose inbox is meant: [FromKeyedServices(\"{name}\")]."));
        }
    }
}

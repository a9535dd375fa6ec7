using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pipelines.AspNetCore;

/// <summary>When the server has started: a page without policy that others could reach ends the application, one that only this machine can reach says where
/// it is.</summary>
/// <remarks>Earlier nobody knows where the server listens. Requests are refused in any case (<see cref="AccessCheck"/>): this is so that somebody
/// notices.</remarks>
internal sealed partial class StartCheck(LivePage page, IEndpointRouteBuilder endpoints, string pattern)
{
    private ILogger? _logger;

    private ILogger Logger => _logger ??=
        (endpoints.ServiceProvider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("Pipelines.AspNetCore");

    public void Register() => endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStarted.Register(Check);

    private void Check()
    {
        bool isOpen = endpoints.DataSources.SelectMany(source => source.Endpoints)
            .Any(endpoint => endpoint.Metadata.GetMetadata<LivePage>() == page && !AccessCheck.HasPolicy(endpoint.Metadata, endpoints.ServiceProvider));
        ICollection<string> addresses = endpoints.ServiceProvider.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (!isOpen)
        {
            return;
        }

        foreach (string address in addresses)
        {
            if (!IsForThisMachine(address))
            {
                Refuse(Logger, pattern, address);
                endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                return;
            }
        }

        foreach (string address in addresses)
        {
            Announce(Logger, $"{address.TrimEnd('/')}/{pattern.Trim('/')}".TrimEnd('/') + $"/?token={page.Token.Value}");
        }
    }

    private static bool IsForThisMachine(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }

    [LoggerMessage(1, LogLevel.Critical, "The pipelines page {Pattern} has no authorization policy, and the server listens on {Address}, where others can "
        + "reach it. The application is stopped. Give the page a policy, MapPipelines().RequireAuthorization(…), or listen on localhost only.")]
    private static partial void Refuse(ILogger logger, string pattern, string address);

    [LoggerMessage(2, LogLevel.Information, "The pipelines of this process: {Url} (on this machine only)")]
    private static partial void Announce(ILogger logger, string url);
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace Pipelines.AspNetCore;

/// <summary>The live page for programs that are no web applications: a server of its own, on a loopback port of this machine.</summary>
/// <remarks>It has no configuration, no logging and no ears for Ctrl+C: the program goes on as if it were not there.</remarks>
[DebuggerDisplay("{Url}")]
public sealed class PipelineDashboard : IAsyncDisposable
{
    private readonly WebApplication _server;

    private PipelineDashboard(WebApplication server, Uri url) => (_server, Url) = (server, url);

    /// <summary>The page's address, with its token: whoever has it sees the page.</summary>
    public Uri Url { get; }

    /// <summary>Starts the page, and writes its address with a token to the standard error output.</summary>
    /// <remarks>Only this machine can reach it, and only with the token, which is another one each time. <b>Cost:</b> as
    /// <see cref="PipelinesPageExtensions.MapPipelines"/>, and a server that listens.</remarks>
    /// <param name="options">Where it is and what it shows and allows; null for the defaults.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <returns>The page. It ends when it is disposed.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<PipelineDashboard> StartAsync(PipelineDashboardOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= PipelineDashboardOptions.Default;
        var page = new LivePage(options.Page);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        WebApplication server = builder.Build();
        try
        {
            PageEndpoints.Map(server, "/", page, announce: false);
            await server.StartAsync(cancellationToken);
            string address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            var dashboard = new PipelineDashboard(server, new Uri($"{address.TrimEnd('/')}/?token={page.Token.Value}"));
            await (options.Output ?? StandardError).WriteLineAsync($"The pipelines of this process: {dashboard.Url}".AsMemory(), cancellationToken);
            return dashboard;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the page. Browsers that look at it say that it is gone.</summary>
    /// <returns>A task that ends when the server has.</returns>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs",
        Justification = "A page that nobody knows the address of is none, and the options can say where to.")]
    private static TextWriter StandardError => System.Console.Error;

    /// <summary>The program's life is its own: a host would listen to its signals.</summary>
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

using System.Net;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;

namespace Pipelines.AspNetCore.Tests;

/// <summary>An application with the page, in this process and without a network: whoever asks says where from.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    public const string Token = "0123456789abcdef0123456789abcdef";

    private readonly WebApplication _app;

    private PageServer(WebApplication app) => _app = app;

    public static async Task<PageServer> StartAsync(
        PipelinesPageOptions? options = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? before = null,
        Action<IEndpointConventionBuilder>? page = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        services?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        before?.Invoke(app);
        IEndpointConventionBuilder mapped = app.MapPipelines("/pipelines", (options ?? new()) with { Token = Token });
        page?.Invoke(mapped);
        await app.StartAsync();
        return new(app);
    }

    public LivePage Page => _app.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<LivePage>()).OfType<LivePage>().First();

    /// <summary>A request as a browser on this machine makes it, with the token; what is different is up to the caller.</summary>
    public Task<HttpContext> AskAsync(string path, Action<HttpContext>? change = null, string method = "GET") => _app.GetTestServer().SendAsync(context =>
    {
        string[] parts = path.Split('?');
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Host = new("localhost", 5000);
        context.Request.Path = "/pipelines" + parts[0];
        context.Request.QueryString = new(parts.Length > 1 ? "?" + parts[1] : "");
        context.Request.Headers.Authorization = "Bearer " + Token;
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        change?.Invoke(context);
    });

    public async Task<int> StatusAsync(string path, Action<HttpContext>? change = null, string method = "GET") =>
        (await AskAsync(path, change, method).InTime()).Response.StatusCode;

    public async Task<string> TextAsync(string path)
    {
        using var reader = new StreamReader((await AskAsync(path).InTime()).Response.Body);
        return await reader.ReadToEndAsync().InTime();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

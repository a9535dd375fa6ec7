using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pipelines.AspNetCore;

/// <summary>Who may talk to the page. It says why not, or nothing.</summary>
/// <remarks>
/// With an authorization policy, that one decides, and the authorization middleware has asked it already. Without one, only this machine may: a connection
/// from a loopback address that no proxy has passed on, to a loopback name (or a foreign page whose name has been pointed here could read it), with the token.
/// In both cases a request that a browser sends for another site's page is refused.
/// </remarks>
internal sealed class AccessCheck(LivePage page)
{
    // What the middleware leaves behind for those who rely on it.
    private const string WasAuthorized = "__AuthorizationMiddlewareWithEndpointInvoked";

    // Headers of proxies, and those that the forwarded-headers middleware keeps the replaced values in.
    private static readonly string[] s_ofProxies =
    [
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Real-IP",
        "Forwarded", "Via",
    ];

    public string? Refusal(HttpContext context) => HasPolicy(context) ? ForeignHost(context) ?? ForeignSite(context)
        : Remote(context) ?? Proxied(context) ?? ForeignHost(context) ?? ForeignSite(context) ?? WithoutToken(context);

    /// <summary>Whether somebody else decides who may talk to an endpoint.</summary>
    public static bool HasPolicy(EndpointMetadataCollection metadata, IServiceProvider services) =>
        metadata.GetMetadata<IAllowAnonymous>() is null
        && (metadata.GetMetadata<IAuthorizeData>() is not null || services.GetService<IOptions<AuthorizationOptions>>()?.Value.FallbackPolicy is not null);

    // That there is a policy says nothing where nobody has asked it.
    private static bool HasPolicy(HttpContext context) =>
        context.Items.ContainsKey(WasAuthorized) && context.GetEndpoint() is { } endpoint && HasPolicy(endpoint.Metadata, context.RequestServices);

    private static string? Remote(HttpContext context) => IsLoopback(context.Connection.RemoteIpAddress)
        && (context.Connection.LocalIpAddress is null || IsLoopback(context.Connection.LocalIpAddress))
            ? null
            : "This page has no authorization policy, so it is for the machine that it runs on only. Give it one: MapPipelines().RequireAuthorization(…).";

    private static string? Proxied(HttpContext context) => Array.Exists(s_ofProxies, context.Request.Headers.ContainsKey)
        ? "This page has no authorization policy, and the request came through a proxy: nobody knows from where. Give it one: "
            + "MapPipelines().RequireAuthorization(…)."
        : null;

    private string? ForeignHost(HttpContext context)
    {
        string host = context.Request.Host.Host;
        bool isKnown = HasPolicy(context)
            ? page.Options.AllowedHosts is [] || page.Options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            : IsLoopbackName(host);
        return isKnown ? null : "This page does not answer to that host name.";
    }

    // Browsers say on whose behalf they ask. Whoever is no browser says nothing, and has no cookies of ours.
    private static string? ForeignSite(HttpContext context)
    {
        HttpRequest request = context.Request;
        StringValues origin = request.Headers.Origin;
        bool isOwn = origin.Count == 0 || (origin.Count == 1
            && Uri.TryCreate(origin[0], UriKind.Absolute, out Uri? from)
            && from.Scheme.Equals(request.Scheme, StringComparison.OrdinalIgnoreCase)
            && new HostString(from.Authority).Equals(request.Host));
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        bool isNavigation = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate";
        return isOwn && (site is "" or "same-origin" or "none" || isNavigation) ? null : "This page does not answer to other sites.";
    }

    private string? WithoutToken(HttpContext context) => page.Token.IsIn(context)
        ? null
        : "The token is missing or wrong. Open the whole address that the program has printed or logged when it started.";

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}

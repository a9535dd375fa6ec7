namespace Pipelines.AspNetCore;

/// <summary>Maps the live page.</summary>
public static class PipelinesPageExtensions
{
    /// <summary>Maps a page that shows all runs of the process while they go on, and the last ones that have ended.</summary>
    /// <remarks>
    /// <para>The page is for whoever an authorization policy lets in: <c>app.MapPipelines().RequireAuthorization("operators")</c>. Without one it is for
    /// this machine only: requests must come from a loopback address, not through a proxy, name a loopback host, and carry a token, which is logged with
    /// the page's address when the server has started. A server without policy that listens on other addresses does not start: it logs why, and stops.
    /// Everything else is answered with 403.</para>
    /// <para><b>Cost:</b> one snapshot of each run a second while a browser looks, and nothing while none does, but that the last 32 runs that ended are kept
    /// as numbers. Nothing an item.</para>
    /// </remarks>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The page's path.</param>
    /// <param name="options">What it shows and allows; null for the defaults, which only show.</param>
    /// <returns>To be given a policy, and whatever else endpoints can be given.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> or <paramref name="pattern"/> is null.</exception>
    public static IEndpointConventionBuilder MapPipelines(
        this IEndpointRouteBuilder endpoints, string pattern = "/pipelines", PipelinesPageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        return PageEndpoints.Map(endpoints, pattern, new LivePage(options ?? PipelinesPageOptions.Default), announce: true);
    }
}

using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pipelines.AspNetCore.Tests.Access;

/// <summary>A page with an authorization policy: that one decides, and a browser still may not be sent by other sites.</summary>
public sealed class PolicyTests
{
    private static readonly Action<HttpContext> s_operator = context =>
    {
        From("203.0.113.7")(context);
        context.Request.Headers.Authorization = "operator";
    };

    [Fact]
    public async Task Request_OfWhoeverThePolicyLetsIn_IsAnsweredFromAnywhere()
    {
        await using PageServer server = await StartAsync();

        Assert.Equal(204, await server.StatusAsync("/ping", s_operator));
        Assert.Equal(204, await server.StatusAsync("/ping", s_operator + (context => context.Request.Headers["X-Forwarded-For"] = "203.0.113.7")));
    }

    [Fact]
    public async Task Request_OfAnybodyElse_IsNot()
    {
        await using PageServer server = await StartAsync();

        Assert.Equal(401, await server.StatusAsync("/ping", From("203.0.113.7")));
        Assert.Equal(401, await server.StatusAsync("/ping"));
        Assert.Equal(403, await server.StatusAsync("/ping", s_operator + (context => context.Request.Headers.Authorization = "guest")));
    }

    [Fact]
    public async Task Request_OfAForeignSite_IsRefusedWithPolicyToo()
    {
        await using PageServer server = await StartAsync(new() { AllowedHosts = ["ops.example"] });

        Assert.Equal(403, await server.StatusAsync("/ping", s_operator));
        Assert.Equal(204, await server.StatusAsync("/ping", s_operator + Host("ops.example")));
        Assert.Equal(403, await server.StatusAsync("/ping", s_operator + Host("ops.example") + Header("Origin", "http://evil.example")));
        Assert.Equal(403, await server.StatusAsync("/ping", s_operator + Host("ops.example") + Header("Sec-Fetch-Site", "cross-site")));
    }

    [Fact]
    public async Task Controls_WithAPolicyOfTheirOwn_AreForFewer()
    {
        await using PageServer server = await StartAsync(new() { AllowControls = true, ControlPolicy = "admins" });
        await using var endless = new EndlessRun("few");
        string path = $"/runs/{endless.Id}/pause";
        Action<HttpContext> antiforgery = context => context.Request.Headers[PageControls.AntiforgeryHeader] = server.Page.Antiforgery;

        Assert.Equal(403, await server.StatusAsync(path, s_operator + antiforgery, "POST"));
        Assert.Equal(202, await server.StatusAsync(path, s_operator + antiforgery + Header("Authorization", "operator admin"), "POST"));
    }

    [Fact]
    public async Task Policy_ThatNobodyHasAsked_IsNone()
    {
        await using PageServer anonymous = await StartAsync(page: page => page.RequireAuthorization("operators").AllowAnonymous());

        Assert.Equal(403, await anonymous.StatusAsync("/ping", From("203.0.113.7")));
        Assert.Equal(204, await anonymous.StatusAsync("/ping"));
    }

    [Fact]
    public async Task FallbackPolicy_OfTheApplication_IsOne()
    {
        await using PageServer server = await StartAsync(
            page: _ => { },
            services: services => services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole("operator").Build()));

        Assert.Equal(204, await server.StatusAsync("/ping", s_operator));
        Assert.Equal(401, await server.StatusAsync("/ping", From("203.0.113.7")));
    }

    private static Task<PageServer> StartAsync(
        PipelinesPageOptions? options = null, Action<IEndpointConventionBuilder>? page = null, Action<IServiceCollection>? services = null) =>
        PageServer.StartAsync(
            options,
            collection =>
            {
                collection.AddLogging();
                collection.AddAuthentication("roles").AddScheme<AuthenticationSchemeOptions, RolesInAHeader>("roles", null);
                collection.AddAuthorizationBuilder()
                    .AddPolicy("operators", policy => policy.RequireRole("operator"))
                    .AddPolicy("admins", policy => policy.RequireRole("admin"));
                services?.Invoke(collection);
            },
            app =>
            {
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
            },
            page ?? (page => page.RequireAuthorization("operators")));

    private static Action<HttpContext> From(string address) => context => context.Connection.RemoteIpAddress = IPAddress.Parse(address);

    private static Action<HttpContext> Header(string name, string value) => context => context.Request.Headers[name] = value;

    private static Action<HttpContext> Host(string name) => context => context.Request.Host = new(name);

    /// <summary>Whoever asks says who it is: here that is believed.</summary>
    private sealed class RolesInAHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string roles = Request.Headers.Authorization.ToString();
            return Task.FromResult(roles.Length == 0 || roles.StartsWith("Bearer", StringComparison.Ordinal)
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new(
                    new(new ClaimsIdentity(roles.Split(' ').Select(role => new Claim(ClaimTypes.Role, role)), Scheme.Name)), Scheme.Name)));
        }
    }
}

using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Pipelines.AspNetCore.Tests.Access;

/// <summary>A page without policy: for this machine, under its own name, with the token, and for nobody else.</summary>
public sealed class LoopbackTests
{
    public static TheoryData<string, string> Paths => new()
    {
        { "GET", "" }, { "GET", "/" }, { "GET", "/page.js" }, { "GET", "/layout.js" }, { "GET", "/page.css" }, { "GET", "/ping" }, { "GET", "/events" },
        { "GET", "/runs/1-1/json" }, { "GET", "/runs/1-1/report" }, { "POST", "/runs/1-1/stop" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_FromAnotherMachine_IsRefused(string method, string path)
    {
        await using PageServer server = await PageServer.StartAsync();

        Assert.Equal(403, await server.StatusAsync(path, context => context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7"), method));
        Assert.Equal(403, await server.StatusAsync(path, context => context.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:203.0.113.7"), method));
        Assert.Equal(403, await server.StatusAsync(path, context => context.Connection.RemoteIpAddress = null, method));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_WithoutToken_IsRefused(string method, string path)
    {
        await using PageServer server = await PageServer.StartAsync();

        Assert.Equal(403, await server.StatusAsync(path, context => context.Request.Headers.Authorization = default, method));
        Assert.Equal(403, await server.StatusAsync(path, context => context.Request.Headers.Authorization = "Bearer " + PageServer.Token[1..] + "f", method));
        Assert.Equal(403, await server.StatusAsync(path, context =>
        {
            context.Request.Headers.Authorization = default;
            context.Request.Headers.Cookie = "pipelines-0=wrong";
        }, method));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_ToAForeignHost_IsRefused(string method, string path)
    {
        await using PageServer server = await PageServer.StartAsync();

        foreach (string host in (string[])["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5", ""])
        {
            Assert.Equal(403, await server.StatusAsync(path, context => context.Request.Host = new(host), method));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_OfAForeignSite_IsRefused(string method, string path)
    {
        await using PageServer server = await PageServer.StartAsync();

        string[] foreign = ["http://evil.example", "null", "http://localhost:5001", "https://localhost:5000", "http://127.0.0.1:5000", "file://"];
        foreach (string origin in foreign)
        {
            Assert.Equal(403, await server.StatusAsync(path, context => context.Request.Headers.Origin = origin, method));
        }

        Assert.Equal(403, await server.StatusAsync(path, context => context.Request.Headers["Sec-Fetch-Site"] = "cross-site", method));
        Assert.Equal(403, await server.StatusAsync(path, context => context.Request.Headers["Sec-Fetch-Site"] = "same-site", method));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Request_ThroughAProxy_IsRefused(string header, string value)
    {
        await using PageServer plain = await PageServer.StartAsync();
        await using PageServer forwarded = await PageServer.StartAsync(before: app => app.UseForwardedHeaders(TrustingOptions()));

        Assert.Equal(403, await plain.StatusAsync("/ping", context => context.Request.Headers[header] = value));
        Assert.Equal(403, await forwarded.StatusAsync("/ping", context => context.Request.Headers[header] = value));
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("[::1]", "::1")]
    [InlineData("LOCALHOST", "::ffff:127.0.0.1")]
    public async Task Request_OfThisMachine_IsAnswered(string host, string address)
    {
        await using PageServer server = await PageServer.StartAsync();

        Assert.Equal(204, await server.StatusAsync("/ping", context =>
        {
            context.Request.Host = new(host, 5000);
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            context.Connection.LocalIpAddress = IPAddress.Parse(address);
            context.Request.Headers.Origin = $"http://{host}:5000";
            context.Request.Headers["Sec-Fetch-Site"] = "same-origin";
        }));
    }

    [Fact]
    public async Task Token_InTheAddress_BecomesACookieOfThisPageOnly()
    {
        await using PageServer server = await PageServer.StartAsync();
        HttpContext first = await server.AskAsync($"/?token={PageServer.Token}", context => context.Request.Headers.Authorization = default);
        string cookie = first.Response.Headers.SetCookie.ToString();

        Assert.Equal(200, first.Response.StatusCode);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/pipelines/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, await server.StatusAsync("/", context =>
        {
            context.Request.Headers.Authorization = default;
            context.Request.Headers.Cookie = cookie.Split(';')[0];
        }));
    }

    [Fact]
    public async Task Answer_OfAnyKind_LetsNothingElseRun()
    {
        await using PageServer server = await PageServer.StartAsync();
        foreach (string path in (string[])["/", "/page.js", "/ping"])
        {
            IHeaderDictionary headers = (await server.AskAsync(path)).Response.Headers;

            Assert.StartsWith("default-src 'none'; script-src 'self';", headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
            Assert.Equal("nosniff", headers.XContentTypeOptions);
            Assert.Equal("no-store", headers.CacheControl);
        }
    }

    [Fact]
    public void Options_InALog_DoNotShowTheToken() =>
        Assert.DoesNotContain(PageServer.Token, new PipelinesPageOptions { Token = PageServer.Token }.ToString(), StringComparison.Ordinal);

    // As a careless application has them: every proxy is believed.
    private static ForwardedHeadersOptions TrustingOptions()
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        return options;
    }
}

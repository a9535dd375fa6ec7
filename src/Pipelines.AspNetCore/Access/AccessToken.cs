using System.Security.Cryptography;
using System.Text;

namespace Pipelines.AspNetCore;

/// <summary>What a browser has to present on a page without policy: in the address once, then in a cookie of this page's only.</summary>
internal sealed class AccessToken(string value)
{
    private const string Bearer = "Bearer ";

    private readonly byte[] _hash = Hash(value);

    public string Value => value;

    public bool IsIn(HttpContext context) =>
        IsRight(context.Request.Cookies[CookieName(context)])
        || (context.Request.Headers.Authorization.ToString() is { } header && header.StartsWith(Bearer, StringComparison.Ordinal)
            && IsRight(header[Bearer.Length..]))
        || IsRight(context.Request.Query["token"]);

    public bool IsInAddress(HttpContext context) => IsRight(context.Request.Query["token"]);

    /// <summary>Keeps it in a cookie that no script and no other site gets to use.</summary>
    public void Keep(HttpContext context, string path) => context.Response.Cookies.Append(CookieName(context), value, new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = path,
    });

    // Cookies know nothing of ports: two programs on one machine would overwrite each other's.
    private static string CookieName(HttpContext context) => $"pipelines-{context.Connection.LocalPort}";

    private bool IsRight(string? presented) => !string.IsNullOrEmpty(presented) && CryptographicOperations.FixedTimeEquals(Hash(presented), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

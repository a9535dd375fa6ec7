using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Pipelines.AspNetCore;

/// <summary>The page itself, its style and its scripts. They lie in the assemblies and are compressed once.</summary>
internal sealed class PageFiles(LivePage page)
{
    private static readonly Lazy<Compressed> s_style = new(() => new(PageAssets.Style + PageAssets.Read(typeof(PageFiles).Assembly, "live.css")));
    private static readonly Lazy<Compressed> s_layout = new(() => new(PageAssets.Layout));
    private static readonly Lazy<Compressed> s_script = new(() =>
        new(PageAssets.Script(typeof(PageFiles).Assembly, "runs.js", "connection.js", "live.js")));
    private static readonly Lazy<Compressed> s_shell = new(() => new(PageAssets.Read(typeof(PageFiles).Assembly, "index.html")));

    /// <summary>All of it, as it is read by a browser.</summary>
    public static int Size => s_style.Value.Length + s_layout.Value.Length + s_script.Value.Length + s_shell.Value.Length;

    /// <summary>All of it, as it goes over the wire.</summary>
    public static int CompressedSize => s_style.Value.Bytes.Length + s_layout.Value.Bytes.Length + s_script.Value.Bytes.Length + s_shell.Value.Bytes.Length;

    public Task ShellAsync(HttpContext context)
    {
        string path = context.Request.PathBase + context.Request.Path;
        string folder = path.EndsWith('/') ? path : path + '/';
        if (page.Token.IsInAddress(context))
        {
            // Out of the address before anything else is loaded. By a page and not by a redirection: that would be the doing of whoever has led here, and
            // then the cookie would not be sent along.
            page.Token.Keep(context, folder);
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(
                $"<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={WebUtility.HtmlEncode(folder)}\"><link rel=\"icon\" href=\"data:,\">"
                    + "<title>Pipelines</title>",
                context.RequestAborted);
        }

        if (path != folder)
        {
            context.Response.Redirect(folder);
            return Task.CompletedTask;
        }

        return SendAsync(context, s_shell.Value, "text/html; charset=utf-8");
    }

    public static Task StyleAsync(HttpContext context) => SendAsync(context, s_style.Value, "text/css; charset=utf-8");

    public static Task LayoutAsync(HttpContext context) => SendAsync(context, s_layout.Value, "text/javascript; charset=utf-8");

    public static Task ScriptAsync(HttpContext context) => SendAsync(context, s_script.Value, "text/javascript; charset=utf-8");

    private static Task SendAsync(HttpContext context, Compressed file, string type)
    {
        context.Response.ContentType = type;
        if (context.Request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "gzip" && coding.Quality is not 0))
        {
            context.Response.Headers[HeaderNames.ContentEncoding] = "gzip";
            context.Response.ContentLength = file.Bytes.Length;
            return context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted).AsTask();
        }

        return context.Response.WriteAsync(file.Text, context.RequestAborted);
    }

    private sealed class Compressed
    {
        public Compressed(string text)
        {
            byte[] plain = Encoding.UTF8.GetBytes(text);
            using var target = new MemoryStream();
            using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize))
            {
                gzip.Write(plain);
            }

            (Text, Bytes, Length) = (text, target.ToArray(), plain.Length);
        }

        public string Text { get; }

        public byte[] Bytes { get; }

        public int Length { get; }
    }
}

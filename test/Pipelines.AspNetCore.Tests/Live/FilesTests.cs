using System.IO.Compression;
using System.Text.Json;

namespace Pipelines.AspNetCore.Tests.Live;

/// <summary>What is served, and how large it is.</summary>
public sealed class FilesTests
{
    [Fact]
    public async Task Page_WithAllThatBelongsToIt_IsSmall()
    {
        await using PageServer server = await PageServer.StartAsync();
        long all = 0;
        foreach (string path in (string[])["/", "/page.css", "/layout.js", "/page.js"])
        {
            HttpContext answer = await server.AskAsync(path, context => context.Request.Headers.AcceptEncoding = "gzip, br").InTime();
            Assert.Equal("gzip", answer.Response.Headers.ContentEncoding);
            using var bytes = new MemoryStream();
            await answer.Response.Body.CopyToAsync(bytes);
            all += bytes.Length;
            bytes.Position = 0;
            using var reader = new StreamReader(new GZipStream(bytes, CompressionMode.Decompress));
            Assert.Equal(await server.TextAsync(path), await reader.ReadToEndAsync());
        }

        Assert.Equal(PageFiles.CompressedSize, all);
        Assert.InRange(PageFiles.Size, 1, 120_000);
        Assert.InRange(PageFiles.CompressedSize, 1, 45_000);
    }

    [Fact]
    public async Task Address_WithoutItsSlash_LeadsToTheOneWith()
    {
        await using PageServer server = await PageServer.StartAsync();
        HttpContext answer = await server.AskAsync("").InTime();

        Assert.Equal(302, answer.Response.StatusCode);
        Assert.Equal("/pipelines/", answer.Response.Headers.Location);
    }

    [Fact]
    public async Task Run_AsMermaidDotJsonAndReport_IsWhatItsGraphSays()
    {
        await using PageServer server = await PageServer.StartAsync();
        await using var endless = new EndlessRun("exported");
        string path = $"/runs/{endless.Id}/";

        Assert.StartsWith("---\ntitle:", await server.TextAsync(path + "mermaid"), StringComparison.Ordinal);
        Assert.Contains("slow", await server.TextAsync(path + "mermaid"), StringComparison.Ordinal);
        Assert.StartsWith("digraph pipeline {", await server.TextAsync(path + "dot"), StringComparison.Ordinal);
        Assert.Equal("exported", JsonDocument.Parse(await server.TextAsync(path + "json")).RootElement.GetProperty("graph").GetProperty("name").GetString());
        Assert.StartsWith("<!doctype html>", await server.TextAsync(path + "report"), StringComparison.Ordinal);
        Assert.StartsWith("attachment;", (await server.AskAsync(path + "report")).Response.Headers.ContentDisposition.ToString(), StringComparison.Ordinal);
    }
}

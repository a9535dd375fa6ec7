using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pipelines;

/// <summary>A report as one file that opens without a network.</summary>
/// <remarks>
/// The data lies in it as JSON, whose writer escapes all that could end the element it is in. Nothing else may run in it than the two scripts that it was made
/// with: its own policy names them by their hashes.
/// </remarks>
internal static class HtmlReport
{
    public static string Of(PipelineReport report, PipelineTimeline? timeline, long? maxInFlight, DateTimeOffset? at = null) =>
        Of(PageOf(report, PageFailures.Of(report), timeline, maxInFlight, items: false, at), report);

    /// <summary>Everything of a run that a file can show.</summary>
    public static PageReport PageOf(
        PipelineReport report, PageFailure[] failures, PipelineTimeline? timeline, long? maxInFlight, bool items, DateTimeOffset? at)
    {
        PipelineGraph drawn = GraphReader.Of(report, maxInFlight);
        return new PageReport(
            PageSampler.GraphOf(report, maxInFlight),
            PageSampler.SampleOf(report),
            PageFailures.Of(report, failures, items),
            timeline is null ? null : PageSampler.HistoryOf(timeline),
            drawn.ToMermaid(report),
            drawn.ToDot(report),
            at);
    }

    public static string JsonOf(PageReport page) => JsonSerializer.Serialize(page, PageJson.Default.PageReport);

    public static string Of(PageReport page, PipelineReport report)
    {
        string style = PageAssets.Style;
        string layout = PageAssets.Layout;
        string script = PageAssets.Script(typeof(HtmlReport).Assembly, "report.js");
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"")
            .Append("default-src 'none'; script-src ").Append(HashOf(layout)).Append(' ').Append(HashOf(script)).Append("; style-src ").Append(HashOf(style))
            .Append("; img-src data:; base-uri 'none'; form-action 'none'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(WebUtility.HtmlEncode(ReportTable.Headline(report)))
            .Append("</title>\n<style>").Append(style).Append("</style>\n</head>\n<body>\n<main id=\"page\"></main>\n<noscript><pre>")
            .Append(WebUtility.HtmlEncode(report.ToString()))
            .Append("</pre></noscript>\n<script type=\"application/json\" id=\"data\">")
            .Append(JsonOf(page))
            .Append("</script>\n<script>").Append(layout).Append("</script>\n<script>").Append(script).Append("</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}

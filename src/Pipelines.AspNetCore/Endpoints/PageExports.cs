namespace Pipelines.AspNetCore;

/// <summary>A run as Mermaid, DOT or JSON, or as a report to be kept.</summary>
internal sealed class PageExports(LivePage page)
{
    public Task ExportAsync(HttpContext context)
    {
        if (RunId.Parse(context.GetRouteValue("run") as string) is not { } number || PageHub.Find(number) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        switch (context.GetRouteValue("kind") as string)
        {
            case "mermaid":
                return SendAsync("text/plain; charset=utf-8", GraphReader.Of(found.Report, found.MaxInFlight).ToMermaid(found.Report));
            case "dot":
                return SendAsync("text/plain; charset=utf-8", GraphReader.Of(found.Report, found.MaxInFlight).ToDot(found.Report));
            case "json":
                return SendAsync("application/json; charset=utf-8", HtmlReport.JsonOf(PageReport()));
            case "report":
                context.Response.Headers.ContentDisposition = $"attachment; filename=\"pipeline-{number}.html\"";
                return SendAsync("text/html; charset=utf-8", HtmlReport.Of(PageReport(), found.Report));
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }

        PageReport PageReport() => HtmlReport.PageOf(
            found.Report, found.Failures, page.Hub.TimelineOf(number), found.MaxInFlight, page.Options.ShowItems, page.Options.TimeProvider.GetUtcNow());

        Task SendAsync(string type, string text)
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(text, context.RequestAborted);
        }
    }
}

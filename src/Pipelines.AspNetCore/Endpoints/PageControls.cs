using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipelines.AspNetCore;

/// <summary>Pause, resume, stop, set the parallelism: where the options allow it, and the request brings along what only the page itself knows.</summary>
internal sealed class PageControls(LivePage page)
{
    public const string AntiforgeryHeader = "X-Pipelines-Antiforgery";

    public Task ControlAsync(HttpContext context)
    {
        if (!page.Options.AllowControls)
        {
            return PageHeaders.RefuseAsync(context, "This page only looks: controls are off, unless PipelinesPageOptions.AllowControls says otherwise.");
        }

        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(context.Request.Headers[AntiforgeryHeader].ToString()), Encoding.UTF8.GetBytes(page.Antiforgery)))
        {
            return PageHeaders.RefuseAsync(context, "The request does not come from the page as it is now: load it again.");
        }

        return Find(context) is { } run
            ? Do(run, context)
            : AnswerAsync(context, StatusCodes.Status404NotFound, "This run has ended, or there never was one.");
    }

    private Task Do(PipelineRun run, HttpContext context)
    {
        switch (context.GetRouteValue("verb") as string)
        {
            case "pause":
                Forget(run.PauseAsync()); // accepted, and shown by the page when it has happened
                break;
            case "resume":
                run.Resume();
                break;
            case "stop":
                Forget(run.StopAsync(page.Options.StopTimeout));
                break;
            case "parallelism":
                return SetParallelism(run, context);
            default:
                return AnswerAsync(context, StatusCodes.Status404NotFound, "A run can be told to pause, resume, stop, and parallelism.");
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static Task SetParallelism(PipelineRun run, HttpContext context)
    {
        IReadOnlyList<BlockReport> blocks = run.Snapshot().Blocks;
        if (!int.TryParse(context.Request.Query["block"], NumberStyles.None, CultureInfo.InvariantCulture, out int block) || block >= blocks.Count
            || !int.TryParse(context.Request.Query["value"], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
        {
            return AnswerAsync(context, StatusCodes.Status400BadRequest, "Say which block, by its place, and a whole number of workers.");
        }

        try
        {
            run.SetParallelism(blocks[block].Name, value);
        }
        catch (ArgumentException error)
        {
            return AnswerAsync(context, StatusCodes.Status400BadRequest, error.Message);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static PipelineRun? Find(HttpContext context) => RunId.Parse(context.GetRouteValue("run") as string) is { } number
        ? LiveRuns.List().Find(live => live.Number == number).Run
        : null;

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    // How a run ends is told by its Completion, to whoever has started it.
    private static void Forget(Task task) => task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}

namespace Pipelines.AspNetCore;

/// <summary>What the page is made of, each part behind the check of who asks.</summary>
internal static class PageEndpoints
{
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, LivePage page, bool announce)
    {
        RouteGroupBuilder group = endpoints.MapGroup(pattern);
        var events = new PageEvents(page, endpoints.ServiceProvider);
        var exports = new PageExports(page);
        var check = new AccessCheck(page);
        group.MapGet("/", Guarded(new PageFiles(page).ShellAsync));
        group.MapGet("/page.css", Guarded(PageFiles.StyleAsync));
        group.MapGet("/layout.js", Guarded(PageFiles.LayoutAsync));
        group.MapGet("/page.js", Guarded(PageFiles.ScriptAsync));
        group.MapGet("/ping", Guarded(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
        group.MapGet("/events", Guarded(events.StreamAsync));
        group.MapGet("/runs/{run}/{kind}", Guarded(exports.ExportAsync));
        IEndpointConventionBuilder controls = group.MapPost("/runs/{run}/{verb}", Guarded(new PageControls(page).ControlAsync));
        if (page.Options.ControlPolicy is { } policy)
        {
            controls.RequireAuthorization(policy);
        }

        group.WithMetadata(page);
        if (announce)
        {
            new StartCheck(page, endpoints, pattern).Register();
        }

        return group;

        RequestDelegate Guarded(RequestDelegate answer) => context =>
        {
            if (check.Refusal(context) is { } why)
            {
                return PageHeaders.RefuseAsync(context, why);
            }

            PageHeaders.Set(context.Response);
            return answer(context);
        };
    }
}

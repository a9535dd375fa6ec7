using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;

namespace Pipelines.AspNetCore.Tests.Documentation;

/// <summary>The page on the live page.</summary>
public sealed class PagePageTests
{
    [Fact]
    public async Task Page_InAnApplication_IsMappedWithAPolicy()
    {
        await using WebApplication app = Build();
        // snippet: map
        app.MapPipelines("/pipelines").RequireAuthorization("operators");
        // end
        await app.StartAsync().InTime();

        using HttpResponseMessage answer = await app.GetTestClient().GetAsync(new Uri("/pipelines/", UriKind.Relative)).InTime();
        Assert.Equal("/Account/Login", answer.Headers.Location?.AbsolutePath); // where one signs in
    }

    [Fact]
    public async Task Controls_AreAllowedByTheOptions()
    {
        await using WebApplication app = Build();
        // snippet: controls
        app.MapPipelines("/pipelines", new() { AllowControls = true, ControlPolicy = "admins" }).RequireAuthorization("operators");
        // end
        await app.StartAsync().InTime();
    }

    [Fact]
    public async Task Dashboard_OfAProgramWithoutAspNet_IsALine()
    {
        // snippet: dashboard
        await using PipelineDashboard dashboard = await PipelineDashboard.StartAsync();
        // end
        Assert.Contains("?token=", dashboard.Url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_WithItsTimeline_IsAFile()
    {
        string before = Environment.CurrentDirectory;
        string folder = Directory.CreateTempSubdirectory().FullName;
        Environment.CurrentDirectory = folder;
        Pipeline pipeline = Pipeline.Range(1, 100).ForEach(_ => { });
        // snippet: save
        await using PipelineRun run = pipeline.Start(new() { Name = "import" });
        var timeline = new PipelineTimeline();
        while (!run.Completion.IsCompleted)
        {
            timeline.Add(run.Snapshot());
            await Task.WhenAny(run.Completion, Task.Delay(TimeSpan.FromSeconds(1)));
        }

        await run.SaveReportAsync("import.html", timeline);
        // end
        Environment.CurrentDirectory = before;
        Assert.Contains("import: completed after", await File.ReadAllTextAsync(Path.Combine(folder, "import.html")), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore().AddAuthorizationBuilder()
            .AddPolicy("operators", policy => policy.RequireAssertion(_ => false)).AddPolicy("admins", policy => policy.RequireAssertion(_ => false));
        builder.Services.AddAuthentication().AddCookie();
        WebApplication app = builder.Build();
        app.UseRouting();
        app.UseAuthorization();
        return app;
    }
}

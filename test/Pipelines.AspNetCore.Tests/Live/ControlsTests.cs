namespace Pipelines.AspNetCore.Tests.Live;

/// <summary>What the page lets its reader do: nothing, unless the options say so, and then only the page itself.</summary>
public sealed class ControlsTests
{
    private static readonly PipelinesPageOptions s_allowed = new() { AllowControls = true };

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("stop")]
    [InlineData("parallelism?block=1&value=2")]
    public async Task Control_ThatIsNotAllowed_IsRefused(string verb)
    {
        await using PageServer server = await PageServer.StartAsync();
        await using var endless = new EndlessRun($"untouched {verb}", parallelism: 3);
        string id = endless.Id;

        Assert.Equal(403, await server.StatusAsync($"/runs/{id}/{verb}", Antiforgery(server), "POST"));
        Assert.False(endless.Run.IsPaused);
        Assert.Equal(RunOutcome.Running, endless.Run.Snapshot().Outcome);
        Assert.Equal(3, endless.Run.Snapshot().Blocks[1].Parallelism);
    }

    [Fact]
    public async Task Control_WithoutWhatOnlyThePageKnows_IsRefused()
    {
        await using PageServer server = await PageServer.StartAsync(s_allowed);
        await using var endless = new EndlessRun("not forged");
        string id = endless.Id;

        Assert.Equal(403, await server.StatusAsync($"/runs/{id}/pause", method: "POST"));
        Assert.Equal(403, await server.StatusAsync($"/runs/{id}/pause", context => context.Request.Headers[PageControls.AntiforgeryHeader] = "wrong", "POST"));
        Action<HttpContext> foreign = context => context.Request.Headers.Origin = "http://evil.example";
        Assert.Equal(403, await server.StatusAsync($"/runs/{id}/pause", Antiforgery(server) + foreign, "POST"));
        Assert.NotEqual(202, await server.StatusAsync($"/runs/{id}/pause", Antiforgery(server)));
        Assert.False(endless.Run.IsPaused);
    }

    [Fact]
    public async Task Control_ThatIsAllowed_IsDone()
    {
        await using PageServer server = await PageServer.StartAsync(s_allowed);
        await using var endless = new EndlessRun("touched", parallelism: 3);
        string path = $"/runs/{endless.Id}/";

        Assert.Equal(202, await server.StatusAsync(path + "pause", Antiforgery(server), "POST"));
        Assert.True(endless.Run.IsPaused);
        Assert.Equal(202, await server.StatusAsync(path + "resume", Antiforgery(server), "POST"));
        Assert.False(endless.Run.IsPaused);
        Assert.Equal(202, await server.StatusAsync(path + "parallelism?block=1&value=2", Antiforgery(server), "POST"));
        Assert.Equal(2, endless.Run.Snapshot().Blocks[1].Parallelism);
        Assert.Equal(202, await server.StatusAsync(path + "stop", Antiforgery(server), "POST"));
        Assert.Equal(RunOutcome.Stopped, (await endless.Run.Completion.InTime()).Outcome);
    }

    [Theory]
    [InlineData("parallelism?block=1&value=0", 400)]
    [InlineData("parallelism?block=0&value=2", 400)]
    [InlineData("parallelism?block=9&value=2", 400)]
    [InlineData("parallelism?block=-1&value=2", 400)]
    [InlineData("parallelism", 400)]
    [InlineData("explode", 404)]
    public async Task Control_ThatMakesNoSense_IsAnsweredWithWhatToDo(string verb, int status)
    {
        await using PageServer server = await PageServer.StartAsync(s_allowed);
        await using var endless = new EndlessRun($"senseless {verb}", parallelism: 3);
        HttpContext answer = await server.AskAsync($"/runs/{endless.Id}/{verb}", Antiforgery(server), "POST");

        Assert.Equal(status, answer.Response.StatusCode);
        using var reader = new StreamReader(answer.Response.Body);
        Assert.NotEmpty(await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Control_OfARunThatIsNotThere_IsNotFound()
    {
        await using PageServer server = await PageServer.StartAsync(s_allowed);

        Assert.Equal(404, await server.StatusAsync("/runs/abcdef-1/pause", Antiforgery(server), "POST"));
        Assert.Equal(404, await server.StatusAsync("/runs/abcdef-1/json"));
        Assert.Equal(404, await server.StatusAsync("/runs/nonsense/json"));
    }

    private static Action<HttpContext> Antiforgery(PageServer server) =>
        context => context.Request.Headers[PageControls.AntiforgeryHeader] = server.Page.Antiforgery;
}

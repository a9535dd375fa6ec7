using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.AspNetCore.Tests.Live;

/// <summary>Who looks makes the snapshots, and nobody else does.</summary>
public sealed class HubTests
{
    [Fact]
    public async Task Page_NobodyLooksAt_TakesNoSnapshot()
    {
        var time = new FakeTimeProvider();
        await using PageServer server = await PageServer.StartAsync(new() { TimeProvider = time });
        await using var endless = new EndlessRun("unseen");
        time.Advance(TimeSpan.FromMinutes(5));
        await server.StatusAsync("/");
        await server.StatusAsync("/page.js");

        Assert.Equal(0, server.Page.Hub.Snapshots);
    }

    [Fact]
    public async Task Page_WhenTheLastHasLeft_TakesNoMore()
    {
        var time = new FakeTimeProvider();
        await using PageServer server = await PageServer.StartAsync(new() { TimeProvider = time });
        await using var endless = new EndlessRun("left");
        PageHub hub = server.Page.Hub;
        await using (EventReader events = await EventReader.OpenAsync(server))
        {
            await events.NextAsync("runs");
            time.Advance(TimeSpan.FromSeconds(1));
            await events.NextAsync("runs");
        }

        while (hub.Viewers > 0)
        {
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromSeconds(1)); // the loop notices
        while (hub.IsLooking)
        {
            await Task.Yield();
        }

        long snapshots = hub.Snapshots;
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.True(snapshots > 0);
        Assert.False(hub.IsLooking);
        Assert.Equal(snapshots, hub.Snapshots);
    }

    [Fact]
    public async Task Page_SomebodyComesBackTo_LooksAgain()
    {
        await using PageServer server = await PageServer.StartAsync();
        await using var endless = new EndlessRun("back");
        for (int i = 0; i < 20; i++)
        {
            await using EventReader events = await EventReader.OpenAsync(server);
            await events.NextAsync("runs");
        }
    }

    [Fact]
    public async Task Stream_OfARun_TellsItsGraphOnceAndItsFiguresEverySecond()
    {
        var time = new FakeTimeProvider();
        await using PageServer server = await PageServer.StartAsync(new() { TimeProvider = time });
        await using var endless = new EndlessRun("streamed", parallelism: 3);
        await endless.Consumed.Task.InTime();
        await using EventReader events = await EventReader.OpenAsync(server, $"?run={endless.Id}");

        JsonElement hello = await events.NextAsync("hello");
        JsonElement graph = await events.NextAsync("graph");
        JsonElement first = await events.NextAsync("sample");
        time.Advance(TimeSpan.FromSeconds(1));
        JsonElement second = await events.NextAsync("sample");

        Assert.False(hello.GetProperty("controls").GetBoolean());
        Assert.Equal(["source", "slow", "sink"], graph.GetProperty("blocks").EnumerateArray().Select(block => block.GetProperty("name").GetString()));
        Assert.Equal(3, graph.GetProperty("blocks")[1].GetProperty("parallelism").GetInt32());
        Assert.True(graph.GetProperty("maxInFlight").GetInt64() > 0);
        Assert.Equal("running", first.GetProperty("state").GetString());
        Assert.Equal(PageSampler.Columns.Length, first.GetProperty("blocks")[0].GetArrayLength());
        Assert.True(second.GetProperty("elapsed").GetInt64() > first.GetProperty("elapsed").GetInt64());
    }

    [Fact]
    public async Task Stream_OfARunOfAnotherProcess_SaysThatItIsGone()
    {
        await using PageServer server = await PageServer.StartAsync();
        await using EventReader events = await EventReader.OpenAsync(server, "?run=abcdef-1");

        await events.NextAsync("gone");
        await events.NextAsync("runs");
    }

    [Fact]
    public async Task Stream_OfARunThatEnds_TellsTheEndAndGoesOnWithTheOthers()
    {
        var time = new FakeTimeProvider();
        await using PageServer server = await PageServer.StartAsync(new() { TimeProvider = time });
        await using var endless = new EndlessRun("ending");
        await using EventReader events = await EventReader.OpenAsync(server, $"?run={endless.Id}");
        await events.NextAsync("sample");

        PipelineReport report = await endless.EndAsync().InTime();
        time.Advance(TimeSpan.FromSeconds(1));
        JsonElement end = await events.NextAsync("sample");

        Assert.Equal("completed", end.GetProperty("state").GetString());
        Assert.Equal(report.Blocks.Select(block => block.Out), end.GetProperty("blocks").EnumerateArray().Select(block => block[1].GetInt64()));
        time.Advance(TimeSpan.FromSeconds(1));
        await events.NextAsync("runs");
    }

    [Fact]
    public async Task Run_ThatFailedBeforeAnybodyLooked_IsShownWithItsException()
    {
        await using PageServer server = await PageServer.StartAsync();
        await using var failing = new EndlessRun("failed early", work: (_, _) => throw new InvalidDataException("no such order"));
        await Assert.ThrowsAsync<InvalidDataException>(() => failing.Run.Completion).InTime();
        await using EventReader events = await EventReader.OpenAsync(server, $"?run={failing.Id}");

        JsonElement failure = (await events.NextAsync("errors")).GetProperty("failures")[0];

        Assert.Equal("slow", failure.GetProperty("block").GetString());
        Assert.Equal("System.IO.InvalidDataException", failure.GetProperty("type").GetString());
        Assert.Equal("no such order", failure.GetProperty("message").GetString());
        Assert.Contains("   at Pipelines.AspNetCore.Tests.Live.HubTests.", failure.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.False(failure.TryGetProperty("item", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Items_ThatWereLeftOut_AreShownWhereTheOptionsSaySo(bool showItems)
    {
        await using PageServer server = await PageServer.StartAsync(new() { ShowItems = showItems });
        await using var endless = new EndlessRun(
            $"left out {showItems}", work: (item, _) => throw new FormatException("bad"), onError: ErrorPolicy.Skip);
        while (endless.Run.Snapshot().Blocks[1].Failed < 3)
        {
            await Task.Yield();
        }

        await using EventReader events = await EventReader.OpenAsync(server, $"?run={endless.Id}");
        JsonElement group = (await events.NextAsync("errors")).GetProperty("leftOut")[0];

        Assert.Equal("System.FormatException", group.GetProperty("type").GetString());
        Assert.Equal("bad", group.GetProperty("message").GetString());
        Assert.True(group.GetProperty("count").GetInt64() >= 3);
        Assert.Equal(showItems, group.TryGetProperty("item", out _));
    }

    [Fact]
    public async Task Server_ThatEnds_DoesNotWaitForWhoLooks()
    {
        PageServer server = await PageServer.StartAsync();
        await using EventReader events = await EventReader.OpenAsync(server);
        await events.NextAsync("runs");

        await server.DisposeAsync().AsTask().InTime();
    }
}

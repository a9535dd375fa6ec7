using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Hosting.Tests.Health;

/// <summary>Constructed cases: what the health check says, and of which block.</summary>
public sealed class HealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _release = TestTime.Signal();

    [Fact]
    public async Task Running_IsHealthy_AndIdleForHoursToo()
    {
        await using TestHost host = await StartAsync((_, input) => input.ForEach(_ => { }));
        host.Inbox<Order>().TryAdd(new(1));
        _time.Advance(TimeSpan.FromHours(3));

        await AssertAsync(host, HealthStatus.Healthy, "orders: It runs.");
    }

    [Fact]
    public async Task ItemThatTakesTooLong_IsDegradedAndNamesItsBlock()
    {
        await using TestHost host = await StartAsync((_, input) => input
            .Select(order => order, new() { Name = "before" })
            .ForEachAsync(async _ => await _release.Task, new() { Name = "store" }));
        host.Inbox<Order>().TryAdd(new(1));
        await TakenAsync(host, 1);
        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
        _time.Advance(TimeSpan.FromSeconds(61));

        await AssertAsync(host, HealthStatus.Degraded, "orders: store has not moved for 61 s, with 1 items in its hands.");
        _release.SetResult();
        await TestTime.UntilAsync(() => host.Pipeline("orders").Snapshot()!.Blocks[^1].Out == 1);
        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
    }

    [Fact]
    public async Task FullPipeline_TheLastBlockThatDoesNotMoveIsToBlame()
    {
        await using TestHost host = await StartAsync((_, input) => input
            .SelectAsync(order => ValueTask.FromResult(order), new() { Name = "first", Parallelism = 2, Capacity = 2 })
            .SelectAsync(async order =>
            {
                await _release.Task;
                return order;
            }, new() { Name = "second", Capacity = 2 })
            .ForEachAsync(_ => ValueTask.CompletedTask, new() { Name = "third" }));
        for (int i = 0; i < 30; i++)
        {
            host.Inbox<Order>().TryAdd(new(i));
        }

        await TakenAsync(host, 3);
        await TestTime.UntilAsync(() => host.Pipeline("orders").Snapshot()!.Links.Any(link => link is { To: "second", Waiting: 2 }));
        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
        _time.Advance(TimeSpan.FromSeconds(90));

        await AssertAsync(host, HealthStatus.Degraded, "orders: second has not moved for 90 s, and 2 items wait in front of it.");
        _release.SetResult();
    }

    [Fact]
    public async Task HalfABatch_IsNoReasonToBeDegraded()
    {
        await using TestHost host = await StartAsync((_, input) => input.Batch(10).ForEachAsync(_ => ValueTask.CompletedTask, new() { Name = "store" }));
        for (int i = 0; i < 5; i++)
        {
            host.Inbox<Order>().TryAdd(new(i));
        }

        await TakenAsync(host, 5);
        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
        _time.Advance(TimeSpan.FromHours(1));

        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
    }

    [Fact]
    public async Task TooManyFailures_IsDegraded_AndForgottenInTime()
    {
        await using TestHost host = await StartAsync((_, input) => input
            .Do(order => Refuse(order.Number % 5 == 0), new() { Name = "check", OnError = ErrorPolicy.Skip })
            .ForEach(_ => { }));
        await AddAsync(host, 50, settled: 50);
        await AssertAsync(host, HealthStatus.Healthy, "It runs."); // too few to say anything
        await AddAsync(host, 50, settled: 100);
        await AssertAsync(host, HealthStatus.Degraded, "orders: check has failed on 20 of its last 100 items (20 %; 10 % are allowed).");
        for (int minute = 0; minute < 6; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
    }

    [Fact]
    public async Task PausedStoppedAndCompleted_SaySo()
    {
        await using TestHost host = await StartAsync((_, input) => input.Take(1).ForEach(_ => { }));
        await host.Pipeline("orders").PauseAsync().InTime();
        await AssertAsync(host, HealthStatus.Degraded, "orders: It is paused.");
        host.Pipeline("orders").Resume();
        host.Inbox<Order>().TryAdd(new(1));
        await StateAsync(host, PipelineHostState.Completed);
        await AssertAsync(host, HealthStatus.Unhealthy, "It has come to its end by itself, and reads its inbox no more.");
        await host.StopAsync();
        await AssertAsync(host, HealthStatus.Unhealthy, "The host has stopped it.");
    }

    [Fact]
    public async Task Failed_IsUnhealthyWithBlockAndException_AndWhenItIsStartedAgain()
    {
        bool isBroken = true;
        await using TestHost host = await StartAsync(
            (_, input) => input.ForEach(_ => Refuse(isBroken), new() { Name = "store" }),
            builder => builder.RestartOnFailure(new() { Initial = TimeSpan.FromSeconds(4) }));
        host.Inbox<Order>().TryAdd(new(1));
        await StateAsync(host, PipelineHostState.Restarting);
        await TestTime.UntilAsync(() => ((HostedPipeline)host.Pipeline("orders")).RestartsAt is not null);
        await AssertAsync(host, HealthStatus.Unhealthy, "orders: It has failed in store: InvalidDataException, and is to be started again in 4.0 s.");
        isBroken = false;
        _time.Advance(TimeSpan.FromSeconds(4));
        await StateAsync(host, PipelineHostState.Running);
        await AssertAsync(host, HealthStatus.Healthy, "It runs.");
    }

    [Fact]
    public async Task NotStarted_IsUnhealthy()
    {
        await using TestHost host = TestHost.Build(services => Add(services, (_, input) => input.ForEach(_ => { }), null));

        await AssertAsync(host, HealthStatus.Unhealthy, "orders: It has not been started yet.");
    }

    private async Task<TestHost> StartAsync(Func<IServiceProvider, Pipeline<Order>, Pipeline> build, Action<PipelineBuilder<Order>>? more = null)
    {
        TestHost host = TestHost.Build(services => Add(services, build, more));
        await host.StartAsync();
        return host;
    }

    private void Add(IServiceCollection services, Func<IServiceProvider, Pipeline<Order>, Pipeline> build, Action<PipelineBuilder<Order>>? more)
    {
        services.AddSingleton<TimeProvider>(_time);
        PipelineBuilder<Order> builder = services.AddPipeline("orders", build).WithInbox().DrainOnStop(TimeSpan.Zero)
            .WithHealthCheck(health => health.StuckAfter = TimeSpan.FromSeconds(60));
        more?.Invoke(builder);
    }

    private static async Task AssertAsync(TestHost host, HealthStatus status, string sentence)
    {
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        HealthReportEntry entry = report.Entries["orders"];

        Assert.EndsWith(sentence, entry.Description, StringComparison.Ordinal);
        Assert.Equal(status, entry.Status);
        Assert.Equal(host.Pipeline("orders").State.ToString(), entry.Data["state"]);
    }

    private static void Refuse(bool isBad)
    {
        if (isBad)
        {
            throw new InvalidDataException();
        }
    }

    // Until the consumers' side has so many items, or cannot take more.
    private static Task TakenAsync(TestHost host, int items) => TestTime.UntilAsync(() => host.Pipeline("orders").Snapshot() is { } report
        && report.Blocks[1].In >= items && report.Links.All(link => link.Waiting is 0 or 2));

    private static Task StateAsync(TestHost host, PipelineHostState state) =>
        TestTime.UntilAsync(() => host.Pipeline("orders").State == state);

    private static async Task AddAsync(TestHost host, int count, int settled)
    {
        for (int i = 0; i < count; i++)
        {
            await host.Inbox<Order>().AddAsync(new(i));
        }

        await TestTime.UntilAsync(() =>
            host.Pipeline("orders").Snapshot()!.Blocks.Single(block => block.Name == "check") is var check && check.Out + check.Failed == settled);
    }
}

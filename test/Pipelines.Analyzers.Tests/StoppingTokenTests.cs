namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE004: a background service's stopping token aborts a run that is given it, where it should drain.</summary>
public sealed class StoppingTokenTests
{
    private const string Id = "PIPE004";

    // The hosting package is not here: its base class by its full name is what counts.
    private const string Service = """
        namespace Microsoft.Extensions.Hosting
        {
            public abstract class BackgroundService
            {
                protected abstract Task ExecuteAsync(CancellationToken stoppingToken);
                public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
            }
        }

        public abstract class Between : Microsoft.Extensions.Hosting.BackgroundService;

        public sealed class Import(Pipeline pipeline, Pipeline<int> numbers) : Between
        {
            private readonly CancellationTokenSource _own = new();

            public override Task StartAsync(CancellationToken cancellationToken) => pipeline.RunAsync(cancellationToken);

            private Task ExecuteAsync(CancellationToken token, int times) => pipeline.RunAsync(token);

            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                await Task.Yield();

        """;

    private const string Closing = """

            }
        }
        """;

    [Theory]
    [InlineData("await pipeline.RunAsync([|stoppingToken|]);")]
    [InlineData("await pipeline.RunAsync(new PipelineOptions(), [|stoppingToken|]);")]
    [InlineData("await pipeline.RunAsync([|cancellationToken: stoppingToken|]);")]
    [InlineData("await using PipelineRun run = pipeline.Start([|cancellationToken: stoppingToken|]);")]
    [InlineData("await numbers.ToListAsync([|stoppingToken|]);")]
    [InlineData("await foreach (int x in numbers.ReadAllAsync([|stoppingToken|])) { }")]
    [InlineData("await numbers.AggregateAsync(0, (sum, x) => sum + x, [|stoppingToken|]);")]
    [InlineData("await Task.Run(() => pipeline.RunAsync([|stoppingToken|]));")]
    [InlineData("await Task.Run(async () => { while (true) { await pipeline.RunAsync([|stoppingToken|]); } });")]
    [InlineData("async Task Once() => await pipeline.RunAsync([|stoppingToken|]); await Once();")]
    [InlineData("await (pipeline?.RunAsync([|stoppingToken|]) ?? Task.FromResult<PipelineReport>(null!));")]
    public async Task ExecuteAsync_RunWithStoppingToken_IsFound(string statement)
    {
        string message = Assert.Single(await Findings.AssertAsync(Id, Source.File(Service + statement + Closing)));
        Assert.Contains("'StopAsync'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("await pipeline.RunAsync();")]
    [InlineData("await pipeline.RunAsync(CancellationToken.None);")]
    [InlineData("await pipeline.RunAsync(_own.Token);")]
    [InlineData("await numbers.ForEachAsync((x, token) => Task.Delay(x, token)).RunAsync();")]
    [InlineData("await numbers.ForEachAsync(x => Task.Delay(x, stoppingToken)).RunAsync();")]
    [InlineData("await Task.Delay(1, stoppingToken);")]
    [InlineData("async Task Once(CancellationToken token) => await pipeline.RunAsync(token); await Once(default);")]
    [InlineData(
        """
        PipelineRun run = pipeline.Start();
        try { await run.Completion.WaitAsync(stoppingToken); }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { await run.StopAsync(TimeSpan.FromSeconds(20)); }
        """)]
    public async Task ExecuteAsync_RunThatDrains_IsNotFound(string statement) =>
        await Findings.AssertAsync(Id, Source.File(Service + statement + Closing));

    [Fact]
    public async Task OtherClass_WithTheSameMethod_IsNotFound() =>
        await Findings.AssertAsync(
            Id,
            Source.File("""
                public abstract class BackgroundService { protected abstract Task ExecuteAsync(CancellationToken stoppingToken); }
                public sealed class Import(Pipeline pipeline) : BackgroundService
                {
                    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pipeline.RunAsync(stoppingToken);
                }
                """));

    [Theory]
    [InlineData("await pipeline.RunAsync([|stoppingToken|]")]
    [InlineData("await pipeline.RunAsync(stoppingToken, stoppingToken);")]
    [InlineData("await unknown.RunAsync(stoppingToken);")]
    public async Task BrokenCode_IsNoReasonToFindMore(string statement) => await Findings.AssertBrokenAsync(Id, Source.File(Service + statement + Closing));
}

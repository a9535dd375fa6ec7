using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Pipelines.Hosting.Tests.Logs;

/// <summary>What operators read: each event by its id, warnings no more than allowed, and nothing of an item's contents.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task StartAndStop_AreLoggedWithFigures()
    {
        await using TestHost host = await TestHost.StartAsync(services =>
            services.AddPipeline<Order>("orders", (_, input) => input.ForEach(_ => { })).WithInbox());
        host.Inbox<Order>().TryAdd(new(1));
        await host.StopAsync();

        Assert.Equal([1, 3, 2], host.Log.OfPipelines.Select(entry => entry.Id));
        Assert.All(host.Log.OfPipelines, entry => Assert.Equal((LogLevel.Information, "Pipelines.orders"), (entry.Level, entry.Category)));
        Assert.Matches(@"^orders has started: \d+ blocks, at most \d+ items in flight\.$", host.Log.Of(1).Single().Text);
        Assert.Matches(@"^orders: (completed|stopped) after \d+\.\d s; 1 in, 1 out\.", host.Log.Of(2).Single().Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeftOutItems_AreWarnedOfUpToALimit(bool asLetters)
    {
        var time = new FakeTimeProvider();
        var letters = Channel.CreateUnbounded<DeadLetter>();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddPipeline<Order>("orders", (_, input) => input
                    .Do(order => throw new InvalidDataException($"bad {order.Number}"), new()
                    {
                        Name = "check",
                        OnError = asLetters ? ErrorPolicy.DeadLetter(letters.Writer) : ErrorPolicy.Skip,
                    })
                    .ForEach(_ => { }))
                .WithInbox()
                .Configure(options => options.WarningsInTenSeconds = 3);
        });
        int id = asLetters ? 14 : 13;
        for (int i = 0; i < 10; i++)
        {
            await host.Inbox<Order>().AddAsync(new(4711 + i));
        }

        await TestTime.UntilAsync(() => host.Pipeline("orders").Snapshot()!.Blocks.Sum(block => block.Failed) == 10);
        time.Advance(TimeSpan.FromSeconds(10));
        await host.Inbox<Order>().AddAsync(new(0));
        await host.StopAsync();

        Assert.Equal(["bad 4711", "bad 4712", "bad 4713", "bad 0"], host.Log.Of(id).Select(entry => entry.Exception!.Message));
        Assert.Contains("check has left out 7 more items", Assert.Single(host.Log.Of(15)).Text, StringComparison.Ordinal);
        Assert.All(host.Log.OfPipelines, entry => Assert.DoesNotContain("Order", entry.Text, StringComparison.Ordinal));
        Assert.Equal(asLetters ? 11 : 0, letters.Reader.Count);
    }

    [Fact]
    public async Task LogItems_ShowsThem()
    {
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline("numbers", _ => Pipeline.Range(7, 1).ForEach(_ => throw new InvalidDataException(), new() { OnError = ErrorPolicy.Skip }))
            .Configure(options => options.LogItems = true));
        await host.StopAsync();

        Assert.Contains(", on 7", Assert.Single(host.Log.Of(13)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UsersOwnHandlers_AreCalledToo()
    {
        List<object?> skipped = [];
        await using TestHost host = await TestHost.StartAsync(services => services
            .AddPipeline("numbers", _ => Pipeline.Range(7, 1).ForEach(_ => throw new InvalidDataException()))
            .WithOptions(options => options with { Name = "other", OnError = ErrorPolicy.Skip, OnSkipped = letter => skipped.Add(letter.Item) }));
        await host.StopAsync();

        Assert.Equal([7], skipped);
        Assert.Equal("numbers", host.Pipeline("numbers").Snapshot()!.Name);
    }

    [Fact]
    public async Task LoggerThatThrows_FailsNoRun()
    {
        List<int> seen = [];
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton<ILoggerProvider>(new Refusing());
            services.AddPipeline("numbers", _ => Pipeline.Range(0, 10)
                .Select(number => number % 2 == 0 ? throw new InvalidDataException() : number, new() { OnError = ErrorPolicy.Skip })
                .ForEach(seen.Add));
        });
        await TestTime.UntilAsync(() => host.Pipeline("numbers").State == PipelineHostState.Completed);
        await host.StopAsync();

        Assert.Equal([1, 3, 5, 7, 9], seen);
    }

    [Fact]
    public async Task Bottleneck_IsLoggedOnceAMinuteAtDebug()
    {
        var time = new FakeTimeProvider();
        var release = TestTime.Signal();
        await using TestHost host = await TestHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddPipeline("numbers", _ => Pipeline.Range(0, 1000).ForEachAsync(async _ => await release.Task, new() { Name = "slow", Capacity = 4 }));
        });
        await TestTime.UntilAsync(() =>
        {
            // Until the source waits for room: as long as it executes, a minute that passes is its work.
            time.Advance(TimeSpan.FromTicks(1));
            return host.Pipeline("numbers").Snapshot()!.Blocks[0].Blocked > TimeSpan.Zero;
        });
        time.Advance(TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromSeconds(59));

        LogBook.Entry entry = Assert.Single(host.Log.Of(16));
        Assert.Equal(LogLevel.Debug, entry.Level);
        Assert.Contains("Bottleneck: slow", entry.Text, StringComparison.Ordinal);
        release.SetResult();
    }

    private sealed class Refusing : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id < 100 && formatter(state, exception).StartsWith("numbers", StringComparison.Ordinal))
            {
                throw new IOException("The disk is full.");
            }
        }

        public void Dispose()
        {
        }
    }
}

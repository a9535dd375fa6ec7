using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pipelines.Hosting.Tests;

/// <summary>A host with pipelines, in the test's own process: nothing of the surroundings is in it, and what it logs is kept.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host, LogBook log) => (_host, Log) = (host, log);

    public LogBook Log { get; }

    public IServiceProvider Services => _host.Services;

    public IHostApplicationLifetime Lifetime => Services.GetRequiredService<IHostApplicationLifetime>();

    public static TestHost Build(Action<IServiceCollection> configure)
    {
        var log = new LogBook();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        configure(builder.Services);
        return new TestHost(builder.Build(), log);
    }

    public static async Task<TestHost> StartAsync(Action<IServiceCollection> configure)
    {
        TestHost host = Build(configure);
        await host.StartAsync();
        return host;
    }

    public Task StartAsync() => _host.StartAsync().InTime();

    public Task StopAsync() => _host.StopAsync().InTime();

    public IPipelineHost Pipeline(string name) => Services.GetRequiredKeyedService<IPipelineHost>(name);

    public PipelineInbox<T> Inbox<T>() => Services.GetRequiredService<PipelineInbox<T>>();

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        _host.Dispose();
    }
}

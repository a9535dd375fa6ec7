using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Pipelines.Hosting;

/// <summary>Starts all pipelines of a host, and stops them side by side.</summary>
/// <remarks>
/// All are built before the first starts: a host that cannot run one runs none. On a stop every inbox refuses, and every run drains, as soon as the host says
/// that it stops; this service's own turn, which may come behind others', only waits for the end of that. The host's token is the end of its patience: then
/// what still drains is aborted.
/// </remarks>
internal sealed class PipelinesHostedService : IHostedLifecycleService, IDisposable
{
    private readonly HostedPipeline[] _pipelines;
    private readonly TimeSpan _shutdownTimeout;
    private readonly IHostApplicationLifetime? _lifetime;
    private CancellationTokenRegistration _stopping;
    private SecondInterrupt? _interrupt;

    public PipelinesHostedService(
        IEnumerable<PipelineRegistration> registrations, IServiceProvider provider, IOptions<HostOptions> options, PipelineHostingMeter meter)
    {
        GC.KeepAlive(meter); // asked for so that it is made: its instruments are read by whoever listens
        _pipelines = [.. registrations.Select(one => provider.GetRequiredKeyedService<HostedPipeline>(one.Name))];
        _shutdownTimeout = options.Value.ShutdownTimeout;
        _lifetime = provider.GetService<IHostApplicationLifetime>();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (HostedPipeline Pipeline, (HostedRun Run, Supervisor Supervisor) Prepared)[] all = [.. _pipelines.Select(one => (one, one.Prepare(_shutdownTimeout)))];
        try
        {
            foreach ((HostedPipeline pipeline, (HostedRun run, Supervisor supervisor)) in all)
            {
                pipeline.Start(run, supervisor);
            }
        }
        catch
        {
            await AbortAsync();
            throw;
        }

        _interrupt = new SecondInterrupt(TellAllToAbort);
        _stopping = _lifetime?.ApplicationStopping.UnsafeRegister(static self => ((PipelinesHostedService)self!).TellAllToStop(), this) ?? default;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        TellAllToStop();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        TellAllToStop();
        await using (cancellationToken.UnsafeRegister(static self => ((PipelinesHostedService)self!).TellAllToAbort(), this))
        {
            await Task.WhenAll(_pipelines.Select(pipeline => pipeline.Stopped));
        }

        if (Array.Find(_pipelines, pipeline => pipeline.Fatal is not null)?.Fatal is { } fatal)
        {
            ExceptionDispatchInfo.Throw(fatal); // a host that ends because of it must not look as if it had ended well
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Dispose();
        _interrupt?.Dispose();
    }

    private void TellAllToStop() => Array.ForEach(_pipelines, pipeline => pipeline.TellToStop());

    private void TellAllToAbort() => Array.ForEach(_pipelines, pipeline => pipeline.TellToAbort());

    private async Task AbortAsync()
    {
        TellAllToAbort();
        await Task.WhenAll(_pipelines.Select(pipeline => pipeline.Stopped));
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting;

/// <summary>What a run of a hosted pipeline has of the container: where its blocks take services from, and what they must give back.</summary>
/// <remarks>
/// Found by an <see cref="AsyncLocal{T}"/>: the supervisor sets it where it builds and starts a run, and a run executes everything in the context that it
/// was started in. So blocks find it while the pipeline is built, and also those that a running pipeline builds, for a lane or for a pipeline inside it.
/// </remarks>
internal sealed class RunServices(string pipeline, IServiceProvider provider, HostedPipelineOptions options)
{
    private static readonly AsyncLocal<RunServices?> s_current = new();

    // Under the lock: what the blocks have asked for, and what of it lives as long as the run.
    private readonly Lock _gate = new();
    private readonly HashSet<Type> _wanted = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly HashSet<string> _configured = [];

    public IServiceProvider Provider => provider;

    public IServiceScopeFactory Scopes { get; } = provider.GetRequiredService<IServiceScopeFactory>();

    /// <summary>Names of blocks that took what the configuration says of them.</summary>
    public IReadOnlyCollection<string> Configured => _configured;

    /// <summary>Those of the run that is built, or runs, here.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static RunServices Current => s_current.Value ?? throw new InvalidOperationException(
        "No host builds this pipeline, so there is no container to take a service from. Build it in AddPipeline, or give the block what it needs.");

    /// <summary>The same for a block that wants a service, which is noted: who builds checks that it can be had.</summary>
    public static RunServices Wanted<TService>()
    {
        RunServices current = Current;
        lock (current._gate)
        {
            current._wanted.Add(typeof(TService));
        }

        return current;
    }

    /// <summary>Does something with these as the current ones.</summary>
    public T Within<T>(Func<T> action)
    {
        RunServices? before = s_current.Value;
        s_current.Value = this;
        try
        {
            return action();
        }
        finally
        {
            s_current.Value = before;
        }
    }

    /// <summary>The services that blocks want and the container does not have.</summary>
    public IReadOnlyList<Type> Missing() =>
        provider.GetService<IServiceProviderIsService>() is { } known ? [.. _wanted.Where(type => !known.IsService(type))] : [];

    /// <summary>The options of a block, with what the configuration says of a block of that name.</summary>
    public BlockOptions OptionsOf(BlockOptions? given, string name)
    {
        BlockOptions block = given ?? new();
        if (!options.Blocks.TryGetValue(block.Name ?? name, out HostedBlockOptions? configured))
        {
            return block;
        }

        lock (_gate)
        {
            _configured.Add(block.Name ?? name);
        }

        return block with
        {
            Parallelism = configured.AdaptiveParallelism is not null ? 1 : configured.Parallelism ?? block.Parallelism,
            AdaptiveParallelism = configured.Parallelism is not null ? null : configured.AdaptiveParallelism?.Value ?? block.AdaptiveParallelism,
            Capacity = configured.Capacity ?? block.Capacity,
            Timeout = configured.Timeout ?? block.Timeout,
        };
    }

    /// <summary>The delegate of a block that calls a service.</summary>
    public Func<T, CancellationToken, ValueTask<TResult>> Call<TService, T, TResult>(
        Func<TService, T, CancellationToken, ValueTask<TResult>> selector, ScopePer scope)
        where TService : notnull => scope switch
        {
            ScopePer.Item => new ItemScopes<TService>(this).Call(selector),
            ScopePer.Worker => Own(new WorkerScopes<TService>(this)).Call(selector),
            _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "It must be one of the named values."),
        };

    /// <summary>The same for a consumer.</summary>
    public Func<T, CancellationToken, ValueTask> Call<TService, T>(Func<TService, T, CancellationToken, ValueTask> action, ScopePer scope)
        where TService : notnull
    {
        Func<T, CancellationToken, ValueTask<bool>> call = Call<TService, T, bool>(
            async (service, item, token) =>
            {
                await action(service, item, token);
                return true;
            },
            scope);
        return async (item, token) => await call(item, token);
    }

    /// <summary>Disposes what lived as long as the run, which has ended.</summary>
    /// <param name="failed">Hears of what that throws.</param>
    public async ValueTask DisposeAsync(Action<Exception> failed)
    {
        List<IAsyncDisposable> owned;
        lock (_gate)
        {
            owned = [.. _owned];
            _owned.Clear();
        }

        foreach (IAsyncDisposable one in owned)
        {
            try
            {
                await one.DisposeAsync();
            }
            catch (Exception error)
            {
                failed(error);
            }
        }
    }

    public override string ToString() => pipeline;

    private WorkerScopes<TService> Own<TService>(WorkerScopes<TService> scopes)
        where TService : notnull
    {
        lock (_gate)
        {
            _owned.Add(scopes);
        }

        return scopes;
    }
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pipelines.Hosting;

/// <summary>What can be said of a hosted pipeline. The order in which it is said matters only where two things contradict: the later counts.</summary>
public static class PipelineBuilderExtensions
{
    /// <summary>Feeds the pipeline from an inbox in memory: <see cref="PipelineInbox{T}"/>, to be injected where items come from.</summary>
    /// <remarks>It is injected by its type, and by the pipeline's name as key where several pipelines are fed with the same type.</remarks>
    /// <param name="builder">The pipeline.</param>
    /// <param name="capacity">How many items may wait in it; null for what the options say: 1000 unless configured.</param>
    /// <typeparam name="T">What the pipeline is fed with.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The pipeline has an inbox already.</exception>
    public static PipelineBuilder<T> WithInbox<T>(this PipelineBuilder<T> builder, int? capacity = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (capacity is { } items)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(items, 1, nameof(capacity));
            builder.Configure(options => options.InboxCapacity = items);
        }

        InboxServices.Add<T>(builder.Services, builder.Registration);
        return builder;
    }

    /// <summary>How long the pipeline may drain when the host stops. What has not got through by then is aborted, logged and counted.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="timeout">Zero to abort at once. At most <c>HostOptions.ShutdownTimeout</c>: the host refuses to start with more.
    /// Without this call it is nine tenths of that.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative.</exception>
    public static TBuilder DrainOnStop<TBuilder>(this TBuilder builder, TimeSpan timeout)
        where TBuilder : PipelineBuilder
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return builder.Configure(options => options.DrainTimeout = timeout);
    }

    /// <summary>Starts the pipeline again when it has failed, after a while. What has waited in its inbox reaches the next run.</summary>
    /// <remarks>What the failed run had taken and not delivered is reported and not repeated, unless <see cref="Redeliver"/> says how.</remarks>
    /// <param name="builder">The pipeline.</param>
    /// <param name="backoff">How long to wait, and how often; null for the defaults.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    public static TBuilder RestartOnFailure<TBuilder>(this TBuilder builder, RestartBackoff? backoff = null)
        where TBuilder : PipelineBuilder =>
        builder.Configure(options => (options.WhenFailed, options.Backoff) = (WhenPipelineFails.Restart, backoff ?? new()));

    /// <summary>Stops the host when the pipeline has failed: the default. The host's <c>RunAsync</c> then throws what the pipeline failed with.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    public static TBuilder StopHostOnFailure<TBuilder>(this TBuilder builder)
        where TBuilder : PipelineBuilder =>
        builder.Configure(options => options.WhenFailed = WhenPipelineFails.StopHost);

    /// <summary>Leaves a failed pipeline as it is, and the host running: its health check is unhealthy, its inbox refuses, and keeps what it has accepted for
    /// <see cref="IPipelineHost.RestartAsync"/>.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    public static TBuilder LeaveFailed<TBuilder>(this TBuilder builder)
        where TBuilder : PipelineBuilder =>
        builder.Configure(options => options.WhenFailed = WhenPipelineFails.Leave);

    /// <summary>Puts what a failed run had taken and not delivered back in front of the inbox, for the next run: such an item may be worked on twice.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="itemsOf">Says which items of the inbox are in what a block had in its hands: a batch, a result, the item itself. It is also asked of
    /// the item that the run has failed on (<see cref="LossReason.Failed"/>): to return that repeats the failure if the item is to blame. What it returns
    /// nothing for is lost, and reported as that. What it throws is logged, and the item is lost.</param>
    /// <typeparam name="T">What the pipeline is fed with.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="itemsOf"/> is null.</exception>
    public static PipelineBuilder<T> Redeliver<T>(this PipelineBuilder<T> builder, Func<LostItem, IEnumerable<T>?> itemsOf)
    {
        ArgumentNullException.ThrowIfNull(itemsOf);
        return builder.Configure(options => options.Redeliver = (lost, inbox) => ((MemoryInbox<T>)inbox).PutBack(itemsOf(lost)));
    }

    /// <summary>Is shown everything that the pipeline had accepted and will not deliver: the last chance to save it.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="lost">Called for one item at a time, when its run has ended; before the host has stopped. What it throws is logged.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lost"/> is null.</exception>
    public static TBuilder OnLost<TBuilder>(this TBuilder builder, Action<LostItem> lost)
        where TBuilder : PipelineBuilder
    {
        ArgumentNullException.ThrowIfNull(lost);
        return builder.Configure(options => options.OnLost += lost);
    }

    /// <summary>The same with services of the host.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="lost">Called for one item at a time, with the services that live as long as the host.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lost"/> is null.</exception>
    public static TBuilder OnLost<TBuilder>(this TBuilder builder, Action<IServiceProvider, LostItem> lost)
        where TBuilder : PipelineBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(lost);
        builder.Services.AddOptions<HostedPipelineOptions>(builder.Name)
            .Configure<IServiceProvider>((options, services) => options.OnLost += item => lost(services, item));
        return builder;
    }

    /// <summary>Changes the settings of each run: its error policy, its failure mode, its scheduler.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="configure">Given the settings so far, returns those to use. The pipeline's name stays.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public static TBuilder WithOptions<TBuilder>(this TBuilder builder, Func<PipelineOptions, PipelineOptions> configure)
        where TBuilder : PipelineBuilder
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Configure(options => options.RunOptions.Add(configure));
    }

    /// <summary>Reads settings from a section of the configuration: capacities, the drain's time-out, parallelism and more by block.</summary>
    /// <remarks>Checked when the host starts, by name: a key that does not exist is refused, and so is a block that does not. A block hears what the
    /// configuration says of it if it is a <c>SelectAsync</c> or <c>ForEachAsync</c> with a service, or takes its options from
    /// <see cref="ServiceProviderExtensions.GetBlockOptions"/>.</remarks>
    /// <param name="builder">The pipeline.</param>
    /// <param name="section">The section, whose keys are the properties of <see cref="HostedPipelineOptions"/>.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> is null.</exception>
    public static TBuilder Configure<TBuilder>(this TBuilder builder, IConfiguration section)
        where TBuilder : PipelineBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        builder.Services.Configure<HostedPipelineOptions>(builder.Name, section, static binder => binder.ErrorOnUnknownConfiguration = true);
        return builder;
    }

    /// <summary>Changes settings in code.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="configure">Changes them.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public static TBuilder Configure<TBuilder>(this TBuilder builder, Action<HostedPipelineOptions> configure)
        where TBuilder : PipelineBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Adds a health check of the pipeline's name.</summary>
    /// <remarks>Healthy while the pipeline runs and moves; degraded while it is paused or stops, when a block is stuck or fails on too many items; unhealthy
    /// when it does not run. The sentence names the block.</remarks>
    /// <param name="builder">The pipeline.</param>
    /// <param name="configure">Changes when it is called stuck, and how many failed items are too many; null for the defaults.</param>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <returns>The same builder.</returns>
    public static TBuilder WithHealthCheck<TBuilder>(this TBuilder builder, Action<PipelineHealthOptions>? configure = null)
        where TBuilder : PipelineBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (configure is not null)
        {
            builder.Services.Configure(builder.Name, configure);
        }

        if (!builder.Registration.HasHealthCheck)
        {
            builder.Registration.HasHealthCheck = true;
            string name = builder.Name;
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                name,
                provider => new PipelineHealthCheck(provider.GetRequiredKeyedService<HostedPipeline>(name)),
                failureStatus: null,
                tags: ["pipelines"]));
        }

        return builder;
    }
}

namespace Pipelines.Hosting;

/// <summary>Looks at a hosted pipeline now and then: for its health check, and for the bottleneck in the log.</summary>
/// <remarks>A look is a snapshot: some microseconds, and nothing an item. Without a health check and a log at Debug nobody looks.</remarks>
internal sealed class Monitor(HostedPipeline pipeline, bool watches, HostLog log) : IDisposable
{
    private static readonly TimeSpan s_bottleneck = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);

    private ITimer? _timer;
    private long _logged;
    private int _looks;

    /// <summary>From now on.</summary>
    public void Begin()
    {
        TimeSpan period = watches ? Min(pipeline.HealthOptions.StuckAfter, pipeline.HealthOptions.FailedOver) / 6 : s_bottleneck;
        period = Min(s_bottleneck, period > s_shortest ? period : s_shortest);
        _logged = pipeline.Clock.GetTimestamp();
        _timer ??= pipeline.Clock.CreateTimer(static monitor => ((Monitor)monitor!).Look(), this, period, period);
    }

    public void Dispose() => _timer?.Dispose();

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Look()
    {
        // A look that is late must not meet the next.
        if (Interlocked.Exchange(ref _looks, 1) != 0)
        {
            return;
        }

        try
        {
            if (pipeline.State is PipelineHostState.Running && pipeline.Run is { } run)
            {
                pipeline.Watch.Look(run, pipeline.Inbox?.Waiting ?? 0);
                if (log.IsDebugging && pipeline.Clock.GetElapsedTime(_logged) >= s_bottleneck && run.Snapshot().Bottleneck is { } sentence)
                {
                    _logged = pipeline.Clock.GetTimestamp();
                    log.Bottleneck(pipeline.Name, sentence);
                }
            }
        }
        catch (Exception error)
        {
            log.HandlerFailed(pipeline.Name, nameof(Monitor), error); // on a timer's thread: what escapes ends the process
        }

        Volatile.Write(ref _looks, 0);
    }
}

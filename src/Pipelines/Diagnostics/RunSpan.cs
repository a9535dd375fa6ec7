namespace Pipelines;

/// <summary>The span of a run, for whoever traces.</summary>
internal static class RunSpan
{
    /// <summary>Where all spans come from.</summary>
    public static ActivitySource Source { get; } = new(PipelineDiagnostics.ActivitySourceName, PipelineDiagnostics.Version);

    /// <summary>
    /// Starts the span and captures the context to run in. The caller's own stays as it is. A run that was started inside of a span is a part of that trace,
    /// and its delegates execute inside of the run's span. Nobody waits for another, and so it may go on for ever: its delegates execute in no span but
    /// those of
    /// their items. So it is where items come with contexts of their own.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="context">Where its delegates execute.</param>
    /// <param name="items">What traces its items; null if they are a part of the run's own trace, or nobody listens.</param>
    /// <returns>The span; null if nobody listens or the sampler does not want it.</returns>
    public static Activity? Start(PipelineRun run, out ExecutionContext? context, out ItemSpans? items)
    {
        items = null;
        if (!Source.HasListeners())
        {
            context = ExecutionContext.Capture();
            return null;
        }

        Activity? current = Activity.Current;
        try
        {
            Activity? span = Source.StartActivity(run.MetricName);
            span?.SetTag("pipeline", run.MetricName);
            if (current is null || run.Options.ItemContext is not null)
            {
                items = new ItemSpans(run, span?.Context ?? default);
                Activity.Current = null;
            }

            context = ExecutionContext.Capture();
            return span;
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends the span with how the run has ended.</summary>
    public static void End(Activity? span, RunOutcome outcome, BlockFailure? failure)
    {
        if (span is null)
        {
            return;
        }

        try
        {
            span.SetTag("outcome", outcome.ToString().ToLowerInvariant());
            if (failure is not null)
            {
                span.SetTag("error.type", failure.Exception.GetType().FullName);
                span.SetTag("block", failure.Block);
                span.SetStatus(ActivityStatusCode.Error, failure.Exception.Message);
                span.AddException(failure.Exception);
            }

            span.Stop();
        }
        catch (Exception error)
        {
            ListenerFailed(error); // in the middle of the run's last step
        }
    }

    /// <summary>A listener's own callback has thrown: whoever watches a run must not change how it ends.</summary>
    public static void ListenerFailed(Exception error) => Trace.TraceError($"A listener to {PipelineDiagnostics.ActivitySourceName} has failed: {error}");
}

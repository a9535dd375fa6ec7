namespace Pipelines;

/// <summary>The span of a run, for whoever traces.</summary>
internal static class RunSpan
{
    private static readonly ActivitySource s_source = new(PipelineDiagnostics.ActivitySourceName, PipelineDiagnostics.Version);

    /// <summary>Starts the span and captures the context to run in, with the span as its current one. The caller's own stays as it is.</summary>
    /// <returns>The span; null if nobody listens or the sampler does not want it.</returns>
    public static Activity? Start(string pipeline, out ExecutionContext? context)
    {
        if (!s_source.HasListeners())
        {
            context = ExecutionContext.Capture();
            return null;
        }

        Activity? current = Activity.Current;
        try
        {
            Activity? span = s_source.StartActivity(pipeline);
            span?.SetTag("pipeline", pipeline);
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
            // A listener's own callback, in the middle of the run's last step: whoever watches a run must not change how it ends.
            Trace.TraceError($"A listener to {PipelineDiagnostics.ActivitySourceName} has failed: {error}");
        }
    }
}

using Pipelines.Execution;

namespace Pipelines;

/// <summary>The spans of the items of a run that nobody waits for, or whose items come with contexts of their own: each is a trace of its own, linked to the
/// run and to where the item came from.</summary>
/// <remarks>
/// As children of the run's span they would make one trace of a run of months, which ends when nobody looks any more. What a listener throws changes nothing:
/// whoever watches a run must not change how it ends.
/// </remarks>
internal sealed class ItemSpans(PipelineRun run, ActivityContext runContext)
{
    private readonly Func<object?, ActivityContext>? _contextOf = run.Options.ItemContext;

    /// <summary>Calls an asynchronous delegate inside a span of the item's, which ends when the delegate has.</summary>
    public ValueTask<TOut> CallAsync<TIn, TOut>(
        BlockRun block, TIn item, Func<TIn, CancellationToken, ValueTask<TOut>> selector, CancellationToken token)
    {
        if (Start(run.NameOf(block), _contextOf?.Invoke(item) ?? default) is not { } span)
        {
            return selector(item, token);
        }

        ValueTask<TOut> call;
        try
        {
            call = selector(item, token);
        }
        catch (Exception error)
        {
            End(span, error);
            throw;
        }

        if (!call.IsCompletedSuccessfully)
        {
            return EndAsync(span, call);
        }

        End(span, null);
        return call;
    }

    private async ValueTask<TOut> EndAsync<TOut>(System.Diagnostics.Activity span, ValueTask<TOut> call)
    {
        TOut result;
        try
        {
            result = await call.Queued(run.Edge); // a listener is foreign code
        }
        catch (Exception error)
        {
            End(span, error);
            throw;
        }

        End(span, null);
        return result;
    }

    private System.Diagnostics.Activity? Start(string block, ActivityContext own)
    {
        try
        {
            List<ActivityLink> links = [];
            if (own != default)
            {
                links.Add(new(own));
            }

            if (runContext != default)
            {
                links.Add(new(runContext));
            }

            // There is no current one, so it begins a trace.
            return RunSpan.Source.StartActivity(
                ActivityKind.Internal, parentContext: default, [new("pipeline", run.MetricName), new("block", block)], links, name: block);
        }
        catch (Exception error)
        {
            RunSpan.ListenerFailed(error);
            return null;
        }
    }

    private void End(System.Diagnostics.Activity span, Exception? error)
    {
        try
        {
            if (error is not null && !(error is OperationCanceledException && run.IsAborting))
            {
                span.SetTag("error.type", error.GetType().FullName);
                span.SetStatus(ActivityStatusCode.Error, error.Message);
                span.AddException(error);
            }

            span.Stop();
        }
        catch (Exception refusal)
        {
            RunSpan.ListenerFailed(refusal);
        }
    }
}

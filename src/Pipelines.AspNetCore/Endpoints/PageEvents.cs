using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;

namespace Pipelines.AspNetCore;

/// <summary>The stream that a page lives on: all runs once a second, and everything of the one it shows.</summary>
internal sealed class PageEvents(LivePage page, IServiceProvider services)
{
    public async Task StreamAsync(HttpContext context)
    {
        // A server that ends does not wait for browsers that keep looking.
        CancellationToken stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        long? run = context.Request.Query["run"].ToString() is { Length: > 0 } id ? RunId.Parse(id) ?? RunId.None : null;
        try
        {
            await TypedResults.ServerSentEvents(EventsAsync(run, end.Token)).ExecuteAsync(context);
        }
        catch (OperationCanceledException)
        {
            // The browser has gone.
        }
    }

    private async IAsyncEnumerable<SseItem<byte[]>> EventsAsync(long? run, [EnumeratorCancellation] CancellationToken token)
    {
        using PageHub.Viewer viewer = page.Hub.Enter(run);
        yield return Event("hello", LiveJson.Bytes(new PageHello(page.Antiforgery, page.Options.AllowControls)));
        bool hasGraph = false;
        bool hasEnd = false;
        RunFrame? last = null;
        while (await viewer.NextAsync(token) is { } tick)
        {
            yield return Event("runs", tick.Runs);
            if (run is null || hasEnd)
            {
                continue;
            }

            if (!tick.Frames.TryGetValue(run.Value, out RunFrame? frame))
            {
                hasEnd = true;
                yield return Event("gone", "{}"u8.ToArray());
                continue;
            }

            if (!hasGraph)
            {
                hasGraph = true;
                yield return Event("graph", frame.Graph);
                if (frame.Timeline is { Count: > 1 } timeline)
                {
                    yield return Event("history", LiveJson.Bytes(PageSampler.HistoryOf(timeline)));
                }
            }

            if (last is null || !last.Errors.AsSpan().SequenceEqual(frame.Errors))
            {
                yield return Event("errors", frame.Errors);
            }

            hasEnd = frame.IsEnd;
            last = frame;
            yield return Event("sample", frame.Sample);
        }
    }

    private static SseItem<byte[]> Event(string name, byte[] data) => new(data, name);
}

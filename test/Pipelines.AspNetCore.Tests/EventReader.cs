using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Pipelines.AspNetCore.Tests;

/// <summary>The page's stream, as a browser reads it.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventReader(HttpContext context, CancellationTokenSource gone)
    {
        _gone = gone;
        _events = SseParser.Create(context.Response.Body).EnumerateAsync(gone.Token).GetAsyncEnumerator();
    }

    public static async Task<EventReader> OpenAsync(PageServer server, string query = "")
    {
        var gone = new CancellationTokenSource();
        HttpContext context = await server.AskAsync("/events" + query, context => context.RequestAborted = gone.Token).InTime();
        Assert.Equal(200, context.Response.StatusCode);
        return new(context, gone);
    }

    /// <summary>The next event of that name.</summary>
    public async Task<JsonElement> NextAsync(string name)
    {
        while (await _events.MoveNextAsync().AsTask().InTime())
        {
            if (_events.Current.EventType == name)
            {
                return JsonDocument.Parse(_events.Current.Data).RootElement;
            }
        }

        throw new InvalidOperationException($"The stream has ended, and no {name} was in it.");
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        try
        {
            await _events.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // It was told to.
        }

        _gone.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Demos.Service.Tests;

/// <summary>What stands where an OpenTelemetry collector would: it takes what is posted to it on the loopback, as OTLP over HTTP does, and answers that all is
/// well.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly ConcurrentDictionary<string, string> _posted = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Path, string Wanted, TaskCompletionSource Seen)> _awaited = new();

    public Collector()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>All that was posted to a path. Its texts can be read in it: protocol buffers keep them as they are.</summary>
    public string Posted(string path) => _posted.GetValueOrDefault(path, "");

    /// <summary>Ends when a text has been posted to a path.</summary>
    public Task SeenAsync(string path, string wanted)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Enqueue((path, wanted, seen));
        Tell();
        return seen.Task.WaitAsync(ServiceProcess.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return; // it was stopped
            }

            using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
            string text = await body.ReadToEndAsync();
            _posted.AddOrUpdate(context.Request.Url!.AbsolutePath, text, (_, before) => before + text);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
            Tell();
        }
    }

    private void Tell()
    {
        foreach ((string path, string wanted, TaskCompletionSource seen) in _awaited)
        {
            if (Posted(path).Contains(wanted, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }
    }
}

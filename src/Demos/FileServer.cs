using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using Pipelines;

namespace Demos;

/// <summary>A web server on this machine with a few files to download, and with a bad line: it may drop a connection in the middle of a file.</summary>
/// <remarks>It is a pipeline itself: requests in, eight of them answered at once.</remarks>
internal sealed class FileServer : IAsyncDisposable
{
    private const string BrokenFile = "large.bin";

    private readonly HttpListener _listener;
    private readonly PipelineRun _run;
    private readonly Dictionary<string, byte[]> _files;
    private int _drops;

    private FileServer(HttpListener listener, Uri address, int drops)
    {
        _listener = listener;
        Address = address;
        _files = new()
        {
            ["empty.bin"] = [],
            ["tiny.bin"] = Content(1),
            ["small.bin"] = Content(10_000),
            ["medium.bin"] = Content(300_000),
            [BrokenFile] = Content(2_000_000),
            ["huge.bin"] = Content(5_000_000),
        };
        _drops = drops;
        Files = [.. _files.Keys.Select(name => new Uri(address, name))];
        _run = Pipeline
            .Produce<HttpListenerContext>(AcceptAsync)
            .ForEachAsync(AnswerAsync, new() { Parallelism = 8 })
            .Start();
    }

    public Uri Address { get; }

    public IReadOnlyList<Uri> Files { get; }

    /// <summary>Starts a server on a port that is free.</summary>
    /// <param name="drops">How often it drops the connection in the middle of <see cref="BrokenFile"/>.</param>
    public static FileServer Start(int drops)
    {
        for (int attempt = 1; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}/");
            var listener = new HttpListener { Prefixes = { address.ToString() } };
            try
            {
                listener.Start();
                return new FileServer(listener, address, drops);
            }
            catch (Exception error) when (attempt < 10 && error is HttpListenerException or SocketException)
            {
                listener.Close(); // somebody was faster on that port
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _run.DisposeAsync();
        _listener.Close();
    }

    private async Task AcceptAsync(ChannelWriter<HttpListenerContext> requests, CancellationToken token)
    {
        while (_listener.IsListening)
        {
            try
            {
                await requests.WriteAsync(await _listener.GetContextAsync(), token);
            }
            catch (Exception error) when (!_listener.IsListening && error is HttpListenerException or ObjectDisposedException)
            {
                return; // stopped: this is how it is told
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext request, CancellationToken token)
    {
        string name = request.Request.Url!.AbsolutePath.TrimStart('/');
        HttpListenerResponse response = request.Response;
        try
        {
            if (!_files.TryGetValue(name, out byte[]? content))
            {
                response.StatusCode = (int)HttpStatusCode.NotFound;
                response.Close();
                return;
            }

            response.ContentLength64 = content.Length;
            response.Headers["X-SHA256"] = Convert.ToHexStringLower(SHA256.HashData(content));
            bool drop = name == BrokenFile && Interlocked.Decrement(ref _drops) >= 0;
            await response.OutputStream.WriteAsync(content.AsMemory(0, drop ? content.Length / 2 : content.Length), token);
            if (drop)
            {
                response.Abort();
            }
            else
            {
                response.Close();
            }
        }
        catch (Exception error) when (error is IOException or HttpListenerException or ObjectDisposedException or OperationCanceledException)
        {
            response.Abort(); // the client has gone, or the server goes
        }
    }

    // The same bytes on every machine: what is downloaded can be checked against a hash from elsewhere.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be the same each time.")]
    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

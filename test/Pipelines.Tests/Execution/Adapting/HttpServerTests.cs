using System.Net;
using System.Net.Sockets;

namespace Pipelines.Tests.Execution.Adapting;

/// <summary>A real server on the loopback that does so many requests at once and refuses the others with 503: each is answered or in the counts, and never
/// more are on their way than the greatest number. What it refuses is what was begun while too many were at work, whatever the machine's clock says, and
/// that is not for long.</summary>
public sealed class HttpServerTests
{
    private const int Limit = 8;
    private const int Requests = 4000;

    [Fact]
    public async Task AdaptiveParallelism_ServerRefusesWhatIsTooMuch_EachRequestIsCountedAndFewAreRefused()
    {
        using HttpListener listener = Listen(out string address);
        int atWork = 0;
        int onTheirWay = 0;
        int most = 0;
        int refused = 0;
        Task serving = ServeAsync();
        using var client = new HttpClient();
        PipelineReport report = await Pipeline.Range(0, Requests)
            .SelectAsync(
                async (int item, CancellationToken token) =>
                {
                    int now = Interlocked.Increment(ref onTheirWay);
                    for (int seen = most; now > seen; seen = Interlocked.CompareExchange(ref most, now, seen) == seen ? now : most)
                    {
                    }

                    try
                    {
                        return await client.GetStringAsync(new Uri(address), token);
                    }
                    finally
                    {
                        Interlocked.Decrement(ref onTheirWay);
                    }
                },
                new() { Name = "get", AdaptiveParallelism = new() { Minimum = 1, Maximum = 64 }, OnError = ErrorPolicy.Skip })
            .ForEach(_ => { })
            .RunAsync()
            .WaitAsync(TimeSpan.FromSeconds(60));
        listener.Stop();
        await serving;

        BlockReport get = report.Blocks[1];
        Assert.Equal(Requests, get.Out + get.Failed);
        Assert.Equal(refused, get.Failed);
        Assert.InRange(get.Parallelism, 1, 64);
        Assert.InRange(most, Limit + 1, 64); // it has found out
        Assert.InRange(refused, 1, Requests / 4);

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    _ = AnswerAsync(await listener.GetContextAsync());
                }
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return; // it was stopped
            }
        }

        async Task AnswerAsync(HttpListenerContext context)
        {
            bool isTooMuch = Interlocked.Increment(ref atWork) > Limit;
            if (!isTooMuch)
            {
                await Task.Delay(2);
            }

            Interlocked.Add(ref refused, isTooMuch ? 1 : 0);
            Interlocked.Decrement(ref atWork);
            context.Response.StatusCode = isTooMuch ? 503 : 200;
            context.Response.Close();
        }
    }

    private static HttpListener Listen(out string address)
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            var listener = new HttpListener { Prefixes = { address } };
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException)
            {
                listener.Close(); // somebody else was faster
            }
        }
    }
}

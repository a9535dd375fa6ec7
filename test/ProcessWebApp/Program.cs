using Pipelines;
using Pipelines.Processes;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
await using WebApplication app = builder.Build();
app.Urls.Add("http://127.0.0.1:0");
app.MapGet("/squares/{count}", static async (int count, CancellationToken token) =>
{
    long sum = 0;
    await Pipeline.Range(0, count).Select(Square.Of, new() { Parallelism = 2, Workers = new ProcessWorkers() })
        .ForEach(square => sum += square).RunAsync(token);
    return $"sum {sum}, here {Environment.ProcessId}";
});
await app.StartAsync();
Console.WriteLine($"at {app.Urls.Single()}");
await app.WaitForShutdownAsync();

internal static class Square
{
    public static long Of(int number) => (long)number * number;
}

namespace Pipelines.Tests.Documentation.Pages;

public sealed class ConceptsTests
{
    private readonly List<int> _printed = [];
    private readonly List<string> _stored = [];

    [Fact]
    public async Task Pipeline_IsADescription_ThatRunsAnew()
    {
        // snippet: description
        Pipeline<int> squares = Pipeline.Range(0, 1000).Select(x => x * x);     // open: nothing happens yet
        Pipeline printing = squares.Where(x => x % 2 == 0).ForEach(Print);      // closed, and still nothing happens

        PipelineReport report = await printing.RunAsync();                      // now it runs, from beginning to end
        List<int> all = await squares.ToListAsync();                            // and this is another run
        // end
        Assert.Equal(500, _printed.Count);
        Assert.Equal(1000, all.Count);
        Assert.Equal(["Range", "x => x * x", "x => x % 2 == 0", "Print"], report.Blocks.Select(block => block.Name));
    }

    [Fact]
    public void Blocks_AreNamedAfterTheirExpressions()
    {
        string[] lines = ["1", "2"];
        // snippet: names
        Pipeline pipeline = Pipeline
            .From(lines, new() { Name = "orders" })
            .Select(Parse)
            .Buffer(64)
            .Select(Trim)
            .Select(Trim)
            .ForEach(number => Print(number), new() { Name = "store" });

        string[] names = [.. pipeline.Graph.Blocks.Select(block => block.Name)];    // orders, Parse, Buffer(64), Trim, Trim #2, store
        // end
        Assert.Equal("orders, Parse, Buffer(64), Trim, Trim #2, store", string.Join(", ", names));

        static int Parse(string line) => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);

        static int Trim(int number) => Math.Min(number, 100);
    }

    [Fact]
    public async Task Islands_BeginWhereConcurrencyDoes()
    {
        string[] paths = ["a", "b"];
        // snippet: islands
        Pipeline pipeline = Pipeline
            .From(paths)                                                // island 1: the producer
            .SelectAsync(ReadAsync, new() { Parallelism = 4 })          // island 2: a pool, and fused behind it ...
            .SelectMany(Lines)                                          // ... this
            .Where(line => line.Length > 0)                             // ... and this
            .Buffer(1000)                                               // island 3, by your will
            .ForEach(Store);

        Console.WriteLine(pipeline.Graph.Islands.Count);                // 3
        Console.WriteLine(pipeline.Graph.ToMermaid());                  // the same as a drawing
        // end
        Assert.Equal(3, pipeline.Graph.Islands.Count);
        await pipeline.RunAsync();
        Assert.Equal(["a1", "a2", "b1", "b2"], _stored);
    }

    [Fact]
    public async Task Run_IsHeldAndStopped()
    {
        CancellationToken cancellationToken = CancellationToken.None;
        Pipeline pipeline = Pipeline.Range(0, int.MaxValue).ForEach(_ => { });
        // snippet: run
        await using PipelineRun run = pipeline.Start(new() { Name = "nightly", Capacity = 64 }, cancellationToken);

        Console.WriteLine(run.Snapshot());                              // while it runs, or after it has ended
        await run.StopAsync(timeout: TimeSpan.FromSeconds(10));        // producers end, the rest drains; aborted at the deadline
        PipelineReport report = await run.Completion;                   // throws what the run failed with
        // end
        Assert.Equal(RunOutcome.Stopped, report.Outcome);
        Assert.Equal("nightly", report.Name);
    }

    private static async Task<string> ReadAsync(string path, CancellationToken token)
    {
        await Task.Yield();
        return $"{path}1\n\n{path}2";
    }

    private static string[] Lines(string text) => text.Split('\n');

    private void Print(int number) => _printed.Add(number);

    private void Store(string line) => _stored.Add(line);
}

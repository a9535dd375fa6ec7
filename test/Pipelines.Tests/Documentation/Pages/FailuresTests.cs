using System.Threading.Channels;

namespace Pipelines.Tests.Documentation.Pages;

public sealed class FailuresTests
{
    private readonly List<int> _added = [];

    [Fact]
    public async Task Failure_SaysWhereAndOnWhat()
    {
        string[] lines = ["1", "2", "three", "4"];
        // snippet: failure
        await using PipelineRun run = Pipeline.From(lines).Select(int.Parse).ForEach(Add).Start();
        try
        {
            await run.Completion;
        }
        catch (FormatException error)
        {
            Console.WriteLine(run.Failure!.Block);                          // int.Parse
            Console.WriteLine(run.Failure.Item);                            // the line that is no number
            Console.WriteLine(error.Data[BlockFailure.BlockKey]);           // the same, for whoever sees only the exception
        }
        // end
        Assert.Equal("int.Parse", run.Failure!.Block);
        Assert.Equal("three", run.Failure.Item);
        Assert.Equal([1, 2], _added);
    }

    [Fact]
    public async Task DeadLetters_CarryWhatFailed()
    {
        string[] lines = ["1", "2", "three", "4"];
        // snippet: dead-letter
        Channel<DeadLetter> letters = Channel.CreateBounded<DeadLetter>(100);

        PipelineReport report = await Pipeline
            .From(lines)
            .Select(int.Parse, new() { OnError = ErrorPolicy.DeadLetter(letters.Writer) })
            .ForEach(Add)
            .RunAsync();

        letters.Writer.Complete();                                          // the channel is yours: a run never completes it
        List<DeadLetter> failed = await Pipeline.From(letters.Reader).ToListAsync();
        // end
        Assert.Equal([1, 2, 4], _added);
        Assert.Equal("three", Assert.Single(failed).Item);
        Assert.Equal(1, report.Blocks[1].Failed);
    }

    [Fact]
    public async Task Timeout_IsAFailureOfTheItem()
    {
        string[] addresses = ["quick", "slow", "quick"];
        List<string> kept = [];
        // snippet: timeout
        PipelineReport report = await Pipeline
            .From(addresses)
            .SelectAsync(FetchAsync, new() { Parallelism = 8, Timeout = TimeSpan.FromSeconds(5), OnError = ErrorPolicy.Skip })
            .ForEach(Keep)
            .RunAsync();
        // end
        Assert.Equal(["quick", "quick"], kept);
        Assert.Equal(1, report.Blocks[1].Failed);

        static Task<string> FetchAsync(string address, CancellationToken token) =>
            address == "slow" ? Task.FromException<string>(new TimeoutException()) : Task.FromResult(address);

        void Keep(string page) => kept.Add(page);
    }

    [Fact]
    public async Task Retry_IsALoop()
    {
        int calls = 0;
        List<string> pages = await Pipeline
            .From(["a", "b"])
            // snippet: retry
            .SelectAsync(async (address, token) =>
            {
                for (int attempt = 1; ; attempt++)
                {
                    try
                    {
                        return await FetchAsync(address, token);
                    }
                    catch (IOException) when (attempt < 3)
                    {
                        // once more; the third exception goes through
                    }
                }
            }, new() { Parallelism = 8 })
            // end
            .ToListAsync();
        Assert.Equal(["a", "b"], pages);

        async Task<string> FetchAsync(string address, CancellationToken token)
        {
            await Task.Yield();
            return Interlocked.Increment(ref calls) <= 2 ? throw new IOException() : address;
        }
    }

    [Fact]
    public async Task Failure_Drains()
    {
        List<int> arrived = [];
        Pipeline pipeline = Pipeline.Range(0, 1000).Do(x => _ = x == 500 ? throw new InvalidDataException() : x).Buffer(8).ForEachAsync(async x =>
        {
            await Task.Yield();
            arrived.Add(x);
        });
        // snippet: drain
        PipelineOptions options = new() { WhenFailed = FailureMode.Drain(timeout: TimeSpan.FromSeconds(30)) };
        await using PipelineRun run = pipeline.Start(options);
        // end
        await Assert.ThrowsAsync<InvalidDataException>(() => run.Completion);
        Assert.Equal(Enumerable.Range(0, 500), arrived);
    }

    [Fact]
    public async Task Report_IsThatOfTheException()
    {
        List<string> log = [];
        CancellationToken cancellationToken = CancellationToken.None;
        Pipeline pipeline = Pipeline.From(["1", "two"]).Select(int.Parse).ForEach(Add);
        Exception thrown = await Assert.ThrowsAsync<FormatException>(ImportAsync);
        Assert.Equal(["int.Parse failed when 1 were through; 0 were on their way"], log);
        Assert.Equal("two", PipelineReport.Of(thrown)!.Failure!.Item);

        async Task ImportAsync()
        {
            // snippet: report-of
            try
            {
                await pipeline.RunAsync(cancellationToken);
            }
            catch (Exception error) when (PipelineReport.Of(error) is { } report)
            {
                log.Add($"{report.Failure?.Block} failed when {report.Blocks[^1].Out} were through; {report.Undelivered} were on their way");
                throw;
            }
            // end
        }
    }

    private void Add(int number) => _added.Add(number);
}

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
    public async Task ControlC_DrainsThenAborts()
    {
        int presses = 0;
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).ForEach(_ => { }).Start();
        // snippet: ctrl-c
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;                                          // we end by ourselves
            if (Interlocked.Increment(ref presses) == 1)
            {
                _ = run.StopAsync(timeout: TimeSpan.FromSeconds(30));
            }
            else
            {
                run.Abort();
            }
        };
        // end
        run.Abort();
        Assert.Equal(RunOutcome.Stopped, (await run.Completion).Outcome);
    }

    [Fact]
    public async Task Pause_IsAConsistentState()
    {
        int consumed = 0;
        long saved = -1;
        await using PipelineRun run = Pipeline.Range(0, int.MaxValue).Buffer(8).ForEach(_ => consumed++).Start();
        // snippet: pause
        await run.PauseAsync();
        SaveCheckpoint();
        run.Resume();
        // end
        Assert.True(saved >= 0);

        void SaveCheckpoint()
        {
            PipelineReport report = run.Snapshot();
            Assert.Equal(report.Blocks[0].Out, report.Blocks[^1].Out);
            saved = consumed;
        }
    }

    [Fact]
    public async Task WhatIsLeft_IsHandedBack()
    {
        Pipeline pipeline = Pipeline.Range(0, int.MaxValue).Buffer(8).ForEachAsync(async _ => await Task.Yield());
        // snippet: undelivered
        List<object?> left = [];
        await using PipelineRun run = pipeline.Start(new() { OnUndelivered = item => left.Add(item.Item) });
        run.Abort();
        await run.Completion;

        Assert.Equal(run.Snapshot().Undelivered, left.Count);
        // end
    }

    private void Add(int number) => _added.Add(number);
}

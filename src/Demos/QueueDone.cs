using System.CommandLine;
using System.Threading.Channels;
using Pipelines.Channels;

namespace Demos;

/// <summary>A queue whose writers say DONE, with any number of readers.</summary>
internal static class QueueDone
{
    private const string Done = "DONE";

    private const string Explanation =
        "Writers put numbers into a queue and then 'DONE'; readers take them until it comes. First one of each, then two writers and three readers.\n"
        + "One sentinel would serve one reader and leave the others waiting; here each reader ends, however many there are, and none is left in the queue.";

    public static Demo Demo { get; } = new("queue", "Sends numbers through a queue, up to a sentinel.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        await SendAsync(console.Output, writers: 1, readers: 1);
        await SendAsync(console.Output, writers: 2, readers: 3);
        return ExitCode.Success;
    }

    // <queue>
    private static async Task SendAsync(TextWriter output, int writers, int readers)
    {
        var queue = Channel.CreateBounded<object>(16);      // any channel will do
        Task[] writing = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(WriteAsync))];
        Task<int>[] reading = [.. Enumerable.Range(0, readers).Select(_ => Task.Run(ReadAsync))];
        await Task.WhenAll(writing);
        int[] counts = await Task.WhenAll(reading);

        output.WriteLine($"{writers} x 1,000 numbers sent, {counts.Sum():N0} received by {readers} reader(s), {queue.Reader.Count} items left in the queue.");

        async Task WriteAsync()
        {
            for (int i = 0; i < 1000; i++)
            {
                await queue.Writer.WriteAsync(i);
            }

            await queue.Writer.WriteAsync(Done);
        }

        async Task<int> ReadAsync()
        {
            int count = 0;
            await foreach (object message in queue.Reader.ReadUntilAsync(Done, writers))
            {
                count++;
            }

            return count;
        }
    }
    // </queue>

    private static Command CreateCommand(DemoConsole console) =>
        InProcesses.CreateCommand("queue", Explanation, console, () => RunAsync(console), InProcesses.QueueAsync);
}

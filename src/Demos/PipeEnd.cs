using System.CommandLine;
using Pipelines.Channels;

namespace Demos;

/// <summary>A pipe with two writers, and a reader that leaves its loop at the end of file.</summary>
internal static class PipeEnd
{
    private const string Explanation =
        "Two writers send numbers through a pipe; the reader's loop ends at the end of file, which comes when the last writer is disposed.\n"
        + "Nobody closes a copy of an end that it does not use: the end of the stream is counted in leases, and not in who still holds what.";

    public static Demo Demo { get; } = new("pipe", "Sends numbers through a pipe, up to the end of file.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        TextWriter output = console.Output;
        output.WriteLine(Explanation);

        // <pipe>
        var pipe = new Pipe<int>(capacity: 16);
        PipeWriter<int> first = pipe.OpenWriter();
        PipeWriter<int> second = pipe.OpenWriter();
        Task<int> reading = ReadAsync();

        await SendAsync(first, from: 1);
        output.WriteLine($"The first writer is done, the reader waits on: {!reading.IsCompleted}.");
        await SendAsync(second, from: 101);
        output.WriteLine($"The second writer is done, the reader got all {await reading} numbers and the end of file.");

        async Task<int> ReadAsync()
        {
            int count = 0;
            await foreach (int number in pipe.Reader.ReadAllAsync())    // ends by itself: no sentinel, no exception
            {
                count++;
            }

            return count;
        }
        // </pipe>

        return ExitCode.Success;

        static async Task SendAsync(PipeWriter<int> writer, int from)
        {
            using (writer)
            {
                for (int i = 0; i < 100; i++)
                {
                    await writer.WriteAsync(from + i);
                }
            }
        }
    }

    private static Command CreateCommand(DemoConsole console) =>
        InProcesses.CreateCommand("pipe", Explanation, console, () => RunAsync(console), InProcesses.PipeAsync);
}

using System.CommandLine;
using Pipelines.Channels;

namespace Demos;

/// <summary>Three ways to be done with a pipe that still holds items, each a call of its own.</summary>
internal static class PipeClosing
{
    private const string Explanation =
        "A pipe with three numbers in it can be closed (no more writes, the rest is still delivered), flushed (wait until all is taken) or abandoned.\n"
        + "To abandon it gives back what was not delivered: nothing is lost silently, and nobody waits for a queue that is never emptied.";

    public static Demo Demo { get; } = new("close", "Closes, flushes and abandons a pipe.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        TextWriter output = console.Output;
        output.WriteLine(Explanation);

        // <close>
        Pipe<int> pipe = Filled(out PipeWriter<int> writer);
        pipe.Close();
        output.WriteLine($"close:   a write is refused ({!writer.TryWrite(4)}), and the reader still gets [{await ReadAllAsync(pipe)}].");

        pipe = Filled(out writer);
        Task flushed = pipe.FlushAsync();
        output.WriteLine($"flush:   before anything is read, it is done: {flushed.IsCompleted}.");
        writer.Dispose();
        string read = await ReadAllAsync(pipe);
        await flushed;
        output.WriteLine($"flush:   done when the reader has taken [{read}].");

        pipe = Filled(out writer);
        pipe.Reader.TryRead(out int first);
        IReadOnlyList<int> rest = pipe.Abandon();
        output.WriteLine($"abandon: the reader had taken {first}; given back: [{string.Join(", ", rest)}]; the reader now gets [{await ReadAllAsync(pipe)}].");
        // </close>

        return ExitCode.Success;
    }

    private static Pipe<int> Filled(out PipeWriter<int> writer)
    {
        var pipe = new Pipe<int>(capacity: 8);
        writer = pipe.OpenWriter();
        for (int number = 1; number <= 3; number++)
        {
            writer.TryWrite(number);
        }

        return pipe;
    }

    private static async Task<string> ReadAllAsync(Pipe<int> pipe) =>
        string.Join(", ", await pipe.Reader.ReadAllAsync().ToListAsync());

    private static Command CreateCommand(DemoConsole console)
    {
        var command = new Command("close", Explanation);
        command.SetAction((_, _) => RunAsync(console));
        return command;
    }
}

namespace Pipelines.Processes;

/// <summary>An exception on its way to the other process: text only.</summary>
internal static class WorkerFailure
{
    // Stacks are long, and messages may hold whole documents.
    private const int MostText = 16 << 10;

    public static ReadOnlySpan<byte> ToBytes(Exception error, Scratch scratch)
    {
        var writer = new ItemWriter([], scratch);
        writer.WriteText(error.GetType().FullName);
        writer.WriteText(Cut(MessageOf(error)));
        writer.WriteText(Cut(error.ToString()));
        return writer.Written;
    }

    public static WorkerException FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new ItemReader(bytes);
        return new WorkerException(reader.ReadText() ?? "", reader.ReadText() ?? "", reader.ReadText() ?? "");
    }

    // A user's exception may throw when it is asked.
    private static string MessageOf(Exception error)
    {
        try
        {
            return error.Message;
        }
        catch (Exception another)
        {
            return $"(its Message has thrown {another.GetType().Name})";
        }
    }

    private static string Cut(string text) => text.Length <= MostText ? text : text[..MostText] + "...";
}

using System.Text;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace Snapshots;

/// <summary>Says what differs, so that it can be judged in a log where no diff tool opens.</summary>
internal static class VerifyMessage
{
    public static string Of(SnapshotFiles files, string? verified, string received)
    {
        var message = new StringBuilder()
            .Append("Directory: ").Append(Path.GetDirectoryName(files.Verified)).Append('\n')
            .Append(verified is null ? "New:" : "NotEqual:").Append('\n')
            .Append("  - Received: ").Append(Path.GetFileName(files.Received)).Append('\n')
            .Append("    Verified: ").Append(Path.GetFileName(files.Verified)).Append('\n')
            .Append('\n');

        return verified is null
            ? message.Append(received).ToString()
            : AppendDifference(message, verified, received).ToString();
    }

    private static StringBuilder AppendDifference(StringBuilder message, string verified, string received)
    {
        // Blanks count: what we verify are tables and drawings.
        var difference = InlineDiffBuilder.Diff(verified, received, ignoreWhiteSpace: false);
        var lines = difference.Lines.Select(line => Sign(line.Type) + line.Text);
        return message.Append("- verified, + received:\n").AppendJoin('\n', lines);
    }

    private static string Sign(ChangeType type) => type switch
    {
        ChangeType.Inserted => "+ ",
        ChangeType.Deleted => "- ",
        _ => "  ",
    };
}

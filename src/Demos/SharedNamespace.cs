using System.Collections.Immutable;
using System.CommandLine;
using Pipelines.Workers;

namespace Demos;

/// <summary>A shared namespace with lists in it, which a child task changes.</summary>
internal static class SharedNamespace
{
    private const string Explanation =
        "A child appends to the lists x and y of a namespace that it shares with its parent. First to a copy that it was handed: the parent never sees it.\n"
        + "Then with Update(old => new), the only way to change a shared value here: what is read is a snapshot, and a snapshot never changes.";

    public static Demo Demo { get; } = new("namespace", "Changes lists in a shared namespace, where everybody sees it.", CreateCommand);

    private static async Task<int> RunAsync(DemoConsole console)
    {
        console.Output.WriteLine(Explanation);
        var copied = new Namespace([], []);
        await Task.Run(() => AppendToCopy(copied with { X = [.. copied.X], Y = [.. copied.Y] }));
        console.Output.WriteLine($"to a copy:   {copied}");

        // <namespace>
        var shared = new Shared<Namespace>(new Namespace([], []));
        Snapshot<Namespace> before = shared.Read();
        await Task.Run(() => shared.Update(ns => ns with { X = ns.X.Add(1), Y = ns.Y.Add("'a'") }));
        Snapshot<Namespace> after = shared.Read();
        // </namespace>

        console.Output.WriteLine($"with Update: {after.Value}  (version {after.Version})");
        console.Output.WriteLine($"the old snapshot still says {before.Value}  (version {before.Version})");
        return ExitCode.Success;
    }

    // What a manager's namespace does with ns.x.append(1): the list was copied out, is changed, and is lost.
    private static Namespace AppendToCopy(Namespace copy) => copy with { X = copy.X.Add(1), Y = copy.Y.Add("'a'") };

    private static Command CreateCommand(DemoConsole console)
    {
        var command = new Command("namespace", Explanation);
        command.SetAction((_, _) => RunAsync(console));
        return command;
    }

    private sealed record Namespace(ImmutableList<int> X, ImmutableList<string> Y)
    {
        public override string ToString() => $"x=[{string.Join(", ", X)}] y=[{string.Join(", ", Y)}]";
    }
}

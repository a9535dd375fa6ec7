namespace Snapshots;

/// <summary>The two files of one snapshot: what is right, and what came out instead.</summary>
/// <param name="Received">Written when a test fails, removed when it passes; never committed.</param>
/// <param name="Verified">Written by nobody but the person who accepts it.</param>
internal sealed record SnapshotFiles(string Received, string Verified)
{
    public static SnapshotFiles Of(TestMethod test, VerifySettings settings)
    {
        var directory = Path.Combine(test.Directory, settings.Directory ?? "");
        var name = $"{test.ClassName}.{settings.MethodName ?? test.Name}{ParameterSuffix.Of(test, settings.Parameters)}";
        return new(
            Path.Combine(directory, $"{name}.received.txt"),
            Path.Combine(directory, $"{name}.verified.txt"));
    }

    public async Task CompareAsync(string text)
    {
        var verified = File.Exists(Verified)
            ? SnapshotText.Normalize(await File.ReadAllTextAsync(Verified))
            : null;

        if (text == verified)
        {
            File.Delete(Received);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Received)!);
        await File.WriteAllTextAsync(Received, text);
        var message = VerifyMessage.Of(this, verified, text);
        await DiffTool.ShowAsync(this, message);
        throw new VerifyException(message);
    }
}

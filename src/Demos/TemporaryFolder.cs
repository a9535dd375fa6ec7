namespace Demos;

/// <summary>A folder that is there for as long as a demo runs.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pipelines-demo").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

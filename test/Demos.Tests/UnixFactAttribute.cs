namespace Demos.Tests;

/// <summary>A test that needs named pipes in the file system, and signals.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no named pipes in the file system, and no signals." : null;
}

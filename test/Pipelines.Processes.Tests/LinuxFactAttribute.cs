namespace Pipelines.Processes.Tests;

/// <summary>A test that needs signals, or <c>/proc</c>.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Signals and /proc are Linux's.";
}

/// <summary>The same for several cases.</summary>
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Signals and /proc are Linux's.";
}

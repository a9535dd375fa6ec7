using System.Diagnostics.CodeAnalysis;

/// <summary>What the runtime calls before <c>Main</c>, in a process that was started with <c>DOTNET_STARTUP_HOOKS</c>: the name and the place are the
/// runtime's.</summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for it there.")]
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Pipelines.Processes.WorkerHost.IsWanted)
        {
            Pipelines.Processes.WorkerHost.RunAndExit();
        }
    }
}

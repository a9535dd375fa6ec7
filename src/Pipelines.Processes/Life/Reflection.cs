using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Processes;

/// <summary>Whether a worker finds its code by reflection, before <c>Main</c>. It does not in trimmed and native programs, which switch startup hooks off and
/// may lack what nobody seems to use: there functions are registered.</summary>
internal static class Reflection
{
    /// <summary>What is said of code that needs it.</summary>
    public const string Reason = "Worker processes of trimmed and native programs find what is registered in WorkerProcess.TryRun.";

    /// <summary>The runtime's own switch, which trimming turns to a constant.</summary>
    [FeatureSwitchDefinition("System.StartupHookProvider.IsSupported")]
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    [UnconditionalSuppressMessage("Trimming", "IL4000", Justification = "On where nobody has said otherwise; trimming says so.")]
    public static bool IsSupported => !AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out bool isSupported) || isSupported;
}

using System.Diagnostics.CodeAnalysis;

namespace Pipelines;

// The one place that hands work to a scheduler other than the thread pool.
public sealed partial class PipelineRun
{
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "This is the one place that means it: the scheduler is the user's.")]
    private static void StartOn(TaskScheduler scheduler, IThreadPoolWorkItem work) =>
        Task.Factory.StartNew(
            static work => ((IThreadPoolWorkItem)work!).Execute(), work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
}

namespace Pipelines;

/// <summary>What is kept of a run that has ended.</summary>
/// <param name="Number">The how manieth run of the process it was.</param>
/// <param name="Report">What it did, without any item.</param>
/// <param name="MaxInFlight">The most items that could be in flight.</param>
/// <param name="Failures">What it failed with, in words.</param>
internal sealed record EndedRun(long Number, PipelineReport Report, long? MaxInFlight, PageFailure[] Failures);

using Microsoft.Extensions.Logging;

namespace Pipelines.Hosting;

/// <summary>What a hosted pipeline says, in the words that operators read. The event ids are part of the face: they are never used again for something
/// else.</summary>
internal sealed partial class HostLog(ILogger logger)
{
    private readonly SafeLogger _logger = new(logger);

    public bool IsDebugging => _logger.IsEnabled(LogLevel.Debug);

    public void Started(string pipeline, PipelineGraph graph) => Started(pipeline, graph.Blocks.Count, graph.MaxInFlight);

    public void Ended(string pipeline, PipelineReport report) =>
        Ended(report.Outcome == RunOutcome.Failed ? LogLevel.Warning : LogLevel.Information, pipeline, new ReportLine(report));

    public void HeldUp(string pipeline, IReadOnlyList<string> blocks) => HeldUp(pipeline, string.Join(", ", blocks));

    public void FailedAndRestarts(string pipeline, BlockFailure? failure, Exception error, TimeSpan wait) =>
        FailedAndRestarts(pipeline, Where(failure), wait, error);

    public void Failed(string pipeline, BlockFailure? failure, Exception error, bool stopsHost)
    {
        if (stopsHost)
        {
            FailedAndStopsHost(pipeline, Where(failure), error);
        }
        else
        {
            FailedAndStays(pipeline, Where(failure), error);
        }
    }

    public void FailedWhileStopping(string pipeline, BlockFailure? failure, Exception error) => FailedWhileStopping(pipeline, Where(failure), error);

    [LoggerMessage(1, LogLevel.Information, "{Pipeline} has started: {Blocks} blocks, at most {MaxInFlight} items in flight.")]
    private partial void Started(string pipeline, int blocks, long? maxInFlight);

    [LoggerMessage(EventId = 2, Message = "{Pipeline}: {Report}")]
    private partial void Ended(LogLevel level, string pipeline, ReportLine report);

    [LoggerMessage(3, LogLevel.Information, "{Pipeline} stops: {Waiting} items wait in its inbox; it may drain for {Timeout}.")]
    public partial void Draining(string pipeline, int waiting, TimeSpan timeout);

    [LoggerMessage(4, LogLevel.Warning, "{Pipeline}: no time is left to drain. What is in flight is aborted.")]
    public partial void Aborting(string pipeline);

    [LoggerMessage(5, LogLevel.Error, "{Pipeline}: its end is held up by {Blocks}, told to end, not returned. What they have in their hands is not known.")]
    private partial void HeldUp(string pipeline, string blocks);

    [LoggerMessage(6, LogLevel.Error, "{Pipeline} has failed in {Block}, and starts again in {Wait}.")]
    private partial void FailedAndRestarts(string pipeline, string block, TimeSpan wait, Exception error);

    [LoggerMessage(7, LogLevel.Critical, "{Pipeline} has failed in {Block}. The host stops.")]
    private partial void FailedAndStopsHost(string pipeline, string block, Exception error);

    [LoggerMessage(8, LogLevel.Error, "{Pipeline} has failed in {Block}, and stays so until it is started by hand. Its inbox refuses, and keeps what it has.")]
    private partial void FailedAndStays(string pipeline, string block, Exception error);

    [LoggerMessage(9, LogLevel.Error, "{Pipeline} has failed in {Block} while it stopped.")]
    private partial void FailedWhileStopping(string pipeline, string block, Exception error);

    [LoggerMessage(10, LogLevel.Warning, "{Pipeline}: {Count} items in flight are not delivered: {Places}.")]
    public partial void Undelivered(string pipeline, int count, string places);

    [LoggerMessage(11, LogLevel.Warning, "{Pipeline}: {Count} items that were accepted are left in the inbox, and not delivered.")]
    public partial void LeftInInbox(string pipeline, int count);

    [LoggerMessage(12, LogLevel.Warning, "{Pipeline}: {Count} items in flight go back to the inbox, for the next run.")]
    public partial void Redelivered(string pipeline, int count);

    [LoggerMessage(13, LogLevel.Warning, "{Pipeline}: {Block} has failed on an item and left it out. {Item}")]
    public partial void Skipped(string pipeline, string block, string? item, Exception error);

    [LoggerMessage(14, LogLevel.Warning, "{Pipeline}: {Block} has failed on an item, which is a dead letter now. {Item}")]
    public partial void DeadLetter(string pipeline, string block, string? item, Exception error);

    [LoggerMessage(15, LogLevel.Warning, "{Pipeline}: {Block} has left out {Count} more items since, which are not logged one by one.")]
    public partial void NotLogged(string pipeline, string block, long count);

    [LoggerMessage(16, LogLevel.Debug, "{Pipeline}: {Sentence}")]
    public partial void Bottleneck(string pipeline, string sentence);

    [LoggerMessage(17, LogLevel.Error, "{Pipeline}: {Handler} has failed.")]
    public partial void HandlerFailed(string pipeline, string handler, Exception error);

    [LoggerMessage(18, LogLevel.Error, "{Pipeline}: the scope of a worker could not be disposed.")]
    public partial void ScopeNotDisposed(string pipeline, Exception error);

    [LoggerMessage(19, LogLevel.Critical, "{Pipeline}: its supervisor has failed, which is a bug of Pipelines.Hosting. The host stops.")]
    public partial void SupervisorFailed(string pipeline, Exception error);

    private static string Where(BlockFailure? failure) => failure?.Block ?? "its build";
}

namespace Pipelines.Hosting;

/// <summary>What to listen to for the metrics of hosted pipelines, beside those of <see cref="PipelineDiagnostics"/>.</summary>
/// <remarks>
/// <para>The tag <c>pipeline</c> is the pipeline's name.</para>
/// <list type="table">
/// <item><term><c>pipelines.inbox.usage</c>, <c>pipelines.inbox.limit</c> ({item})</term><description>Items that wait in an inbox, and how many
/// may.</description></item>
/// <item><term><c>pipelines.inbox.items</c> ({item})</term><description>Items by <c>outcome</c>: accepted, refused.</description></item>
/// <item><term><c>pipelines.host.lost</c> ({item})</term><description>Items that were accepted and are not delivered.</description></item>
/// <item><term><c>pipelines.host.restarts</c> ({restart})</term><description>How often a pipeline was started again.</description></item>
/// </list>
/// <para><b>Cost:</b> none an item: all are read when a listener asks.</para>
/// </remarks>
public static class PipelineHostingDiagnostics
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Pipelines.Hosting";
}

namespace Pipelines;

/// <summary>Puts what went wrong into words.</summary>
internal static class PageFailures
{
    /// <summary>What ended the run, and what came after it. The text of an item is code of the user's.</summary>
    public static PageFailure[] Of(PipelineReport report) =>
        report.Failure is null ? [.. report.LaterFailures.Select(Of)] : [Of(report.Failure), .. report.LaterFailures.Select(Of)];

    public static PageErrors Of(PipelineReport report, PageFailure[] failures, bool items) => new(
        items ? failures : [.. failures.Select(failure => failure with { Item = null })],
        [.. report.Errors.Select(group => new PageErrorGroup(
            SafeText.OnOneLine(group.Block), SafeText.OnOneLine(group.Type), group.Count, group.At, group.Message, group.Text, items ? group.Item : null))]);

    private static PageFailure Of(BlockFailure failure) => new(
        SafeText.OnOneLine(failure.Block),
        SafeText.OnOneLine(failure.Exception.GetType().FullName ?? failure.Exception.GetType().Name),
        SafeText.OfMessage(failure.Exception),
        SafeText.OfStack(failure.Exception),
        failure.Item is not null && ErrorBook.KeepsItems ? SafeText.Of(failure.Item) : null);
}

namespace Pipelines.Hosting;

/// <summary>What becomes of what a pipeline had accepted and a run did not deliver: put back for the next run, or reported, logged and counted.</summary>
/// <remarks>Told by the supervisor alone; the count is looked at by anybody.</remarks>
internal sealed class Losses(string pipeline, HostedPipelineOptions options, IInbox? inbox, HostLog log)
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    /// <summary>A run has ended, or is held up, and had these in its hands.</summary>
    /// <param name="items">What it failed on and what did not get through.</param>
    /// <param name="isRepeatable">Whether another run may follow.</param>
    public void Settle(IReadOnlyList<LostItem> items, bool isRepeatable)
    {
        if (items.Count == 0)
        {
            return;
        }

        List<LostItem> lost = isRepeatable && options.Redeliver is not null && inbox is not null
            ? [.. items.Where(item => !IsPutBack(item))]
            : [.. items];
        if (items.Count > lost.Count)
        {
            log.Redelivered(pipeline, items.Count - lost.Count);
        }

        if (lost.Count > 0)
        {
            log.Undelivered(pipeline, lost.Count, Places(lost));
            Tell(lost);
        }
    }

    /// <summary>The host has stopped, and nobody will read the inbox any more.</summary>
    public void Leave(IEnumerable<object?> rest)
    {
        List<LostItem> lost = [.. rest.Select(item => new LostItem(pipeline, item, InboxServices.BlockName, LossReason.LeftInInbox, null))];
        if (lost.Count > 0)
        {
            log.LeftInInbox(pipeline, lost.Count);
            Tell(lost);
        }
    }

    private static string Places(List<LostItem> lost) => string.Join(", ", lost.CountBy(item => item.Block).Select(block => $"{block.Value} at {block.Key}"));

    private bool IsPutBack(LostItem item)
    {
        try
        {
            return options.Redeliver!(item, inbox!) > 0;
        }
        catch (Exception error)
        {
            log.HandlerFailed(pipeline, nameof(PipelineBuilderExtensions.Redeliver), error);
            return false;
        }
    }

    private void Tell(List<LostItem> lost)
    {
        Interlocked.Add(ref _count, lost.Count);
        foreach (LostItem item in lost)
        {
            try
            {
                options.OnLost?.Invoke(item);
            }
            catch (Exception error)
            {
                log.HandlerFailed(pipeline, nameof(PipelineBuilderExtensions.OnLost), error);
            }
        }
    }
}

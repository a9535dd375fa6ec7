namespace Pipelines.Dataflow;

// How the block ends, and what becomes of what nobody has taken by then.
internal sealed partial class Outflow<T>
{
    private Exception? _cut;

    private bool IsCut => Volatile.Read(ref _cut) is not null;

    // Under the gate: the head is gone, or is not offered any more. A target that has reserved it still gets it, or lets it go.
    private bool IsSettled => !_hasHead || (_cut is not null && _reservedBy is null);

    /// <summary>Offers no more. The run is ending, or has ended.</summary>
    /// <param name="error">How the block ends, if the run itself has ended well.</param>
    public void Cut(Exception error)
    {
        using (_gate.Enter())
        {
            _cut ??= error;
            Announce();
        }
    }

    // What nobody takes any more, when nothing of the run executes any more. Returns how the block ends.
    private async Task<Exception> GiveBackAsync()
    {
        Exception? error = null;
        try
        {
            await _run.Completion.ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            error = failed;
        }

        BlockFailure? failure = await _run.GiveBackAsync(await RestAsync().ConfigureAwait(false)).ConfigureAwait(false);
        return error ?? failure?.Exception ?? _cut!;
    }

    private async Task<List<object?>> RestAsync()
    {
        List<object?> rest = [];
        for (; ; )
        {
            Task news;
            using (_gate.Enter())
            {
                if (_reservedBy is null)
                {
                    while (TryLoad())
                    {
                        rest.Add(Take(null));
                    }

                    return rest;
                }

                news = _news.Task;
            }

            await news.ConfigureAwait(false);
        }
    }

    private void Finish(Exception? error)
    {
        OutflowLink<T>[] links;
        using (_gate.Enter())
        {
            switch (error)
            {
                case null:
                    _completion.SetResult();
                    break;
                case OperationCanceledException cancelled when _run.Failure is null: // one of user code's own is a failure like any other
                    _completion.SetCanceled(cancelled.CancellationToken);
                    break;
                default:
                    _completion.SetException(error);
                    _ = _completion.Task.Exception; // the targets meet it, or whoever awaits the block: nobody else has to
                    break;
            }

            links = [.. _links];
            _links.Clear();
        }

        foreach (OutflowLink<T> link in links)
        {
            if (link.PropagatesCompletion)
            {
                try
                {
                    link.Tell(_completion.Task);
                }
                catch (Exception refusal)
                {
                    _targetFailed(refusal); // the others are told all the same
                }
            }
        }
    }
}

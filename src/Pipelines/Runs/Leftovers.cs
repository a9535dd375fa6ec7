using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

/// <summary>What becomes of items that go no further: handed to the options' handler, or disposed if that was asked for, or let go.</summary>
/// <remarks>What is left over when a run ends is collected while its blocks give it up, and handed back in its last step. What drops while it goes on is
/// handed back at once, on the thread of
/// the block that has it.</remarks>
internal sealed class Leftovers(PipelineRun run)
{
    private readonly Gate _gate = new();
    private List<UndeliveredItem>? _items;
    private int _disposing;

    /// <summary>Whether anybody wants to see them. If not, none is kept.</summary>
    public bool AreWanted { get; } = run.Options.OnUndelivered is not null || run.Options.DisposeUndelivered;

    /// <summary>Whether a handler was called, or a disposal begun, that has not ended.</summary>
    public bool IsDisposing => Volatile.Read(ref _disposing) > 0;

    /// <summary>Takes an item for the last step.</summary>
    public void Add(object? item, BlockRun block, Ownership owners, UndeliveredReason reason)
    {
        if (AreWanted)
        {
            UndeliveredItem undelivered = Describe(item, block, owners, reason);
            using (_gate.Enter())
            {
                (_items ??= []).Add(undelivered);
            }
        }
    }

    /// <summary>Hands an item that <paramref name="block"/> was to take, and <paramref name="named"/> has, back while the run goes on. What that throws fails
    /// the run.</summary>
    public void HandBackNow(object? item, BlockRun block, BlockRun named, UndeliveredReason reason)
    {
        UndeliveredItem undelivered = Describe(item, named, block.Ownership, reason);
        Interlocked.Increment(ref _disposing);
        try
        {
            run.Options.OnUndelivered?.Invoke(undelivered);
        }
        catch (Exception error)
        {
            run.Fail(Failure(undelivered, error));
        }

        if (run.Options.DisposeUndelivered && !undelivered.IsShared)
        {
            Dispose(undelivered);
        }

        Interlocked.Decrement(ref _disposing);
    }

    /// <summary>Hands back all that was collected, in the run's last step. One failure is no reason to leave the others.</summary>
    public async ValueTask GiveBackAsync()
    {
        List<UndeliveredItem> items;
        using (_gate.Enter())
        {
            items = _items ?? [];
            _items = null;
        }

        foreach (UndeliveredItem item in items)
        {
            item.Reason = run.Life.Reason; // some were given up on the way to what ended the run, when that had no cause yet
            await GiveBackAsync(item, run.Edge, run.FailLate).AtOnce(run.Edge);
        }
    }

    /// <summary>The same for what the outside has left untaken, after the run has ended. Returns the first failure.</summary>
    public async ValueTask<BlockFailure?> GiveBackAsync(IEnumerable<object?> items, BlockRun block)
    {
        BlockFailure? first = null;
        foreach (object? item in items)
        {
            if (AreWanted)
            {
                UndeliveredItem undelivered = Describe(item, block, block.Ownership, UndeliveredReason.NotWanted);
                await GiveBackAsync(undelivered, edge: null, failure => first ??= failure).ConfigureAwait(false);
            }
        }

        return first;
    }

    private async ValueTask GiveBackAsync(UndeliveredItem item, Edge? edge, Action<BlockFailure> failed)
    {
        Interlocked.Increment(ref _disposing);
        try
        {
            run.Options.OnUndelivered?.Invoke(item);
        }
        catch (Exception error)
        {
            failed(Failure(item, error));
        }

        if (run.Options.DisposeUndelivered && !item.IsShared)
        {
            foreach (object part in PartsOf(item.Item, item.Depth))
            {
                try
                {
                    if (part is IAsyncDisposable asynchronous)
                    {
                        await asynchronous.DisposeAsync().Queued(edge);
                    }
                    else if (part is IDisposable disposable)
                    {
                        disposable.Dispose();
                    }
                }
                catch (Exception error)
                {
                    failed(Failure(item, error));
                }
            }
        }

        Interlocked.Decrement(ref _disposing);
    }

    // As items drop: an asynchronous disposal goes on beside the run, and the run ends when it has.
    private void Dispose(UndeliveredItem item)
    {
        foreach (object part in PartsOf(item.Item, item.Depth))
        {
            try
            {
                DisposePart(part);
            }
            catch (Exception error)
            {
                run.Fail(Failure(item, error));
            }
        }
    }

    private void DisposePart(object part)
    {
        if (part is not IAsyncDisposable asynchronous)
        {
            (part as IDisposable)?.Dispose();
            return;
        }

        ValueTask disposal = asynchronous.DisposeAsync();
        if (disposal.IsCompleted)
        {
            disposal.GetAwaiter().GetResult();
        }
        else if (run.TryAddActivity())
        {
            Interlocked.Increment(ref _disposing);
            _ = EndAsync(disposal, part);
        }
    }

    private async Task EndAsync(ValueTask disposal, object part)
    {
        try
        {
            await disposal.AtOnce(run.Edge);
        }
        catch (Exception error)
        {
            run.Fail(new BlockFailure { Block = nameof(PipelineOptions.DisposeUndelivered), Item = part, Exception = error });
        }

        Interlocked.Decrement(ref _disposing);
        run.OutsideActivityEnded();
    }

    private static BlockFailure Failure(UndeliveredItem item, Exception error) =>
        new() { Block = nameof(PipelineOptions.OnUndelivered), Item = item.Item, Exception = error };

    // Arrays and tuples that our own blocks have made own nothing themselves: what is in them does. Those that are the user's are left alone.
    private static IEnumerable<object> PartsOf(object? item, int depth) => item switch
    {
        null => [],
        Array array when depth > 0 => array.Cast<object?>().SelectMany(one => PartsOf(one, depth - 1)),
        ITuple tuple when depth > 0 => Enumerable.Range(0, tuple.Length).SelectMany(i => PartsOf(tuple[i], depth - 1)),
        _ => [item],
    };

    private UndeliveredItem Describe(object? item, BlockRun block, Ownership owners, UndeliveredReason reason) =>
        new(item, run.NameOf(block), reason, owners.IsShared) { Depth = owners.Depth };
}

using Pipelines.Channels;

namespace Pipelines.Execution;

// Where an item ends that does not go on: failed, left out, dropped, undelivered.
internal partial class BlockRun
{
    /// <summary>User code threw on an item, and that ends the run, whatever the block's policy.</summary>
    public virtual void Caught(object? item, Exception error)
    {
        if (error is OperationCanceledException && Run.IsAborting)
        {
            // The delegate obeyed the run's token: not a failure, but the item did not get through.
            Undeliver(item);
            return;
        }

        Interlocked.Increment(ref Failed);
        HasFailed(Failure(item, error));
    }

    // The run ends, or drains: then what is behind this block gets its end.
    private void HasFailed(BlockFailure failure)
    {
        Run.Fail(failure);
        if (!Run.IsAborting && Island is { } island)
        {
            island.FailedBlock ??= this;
            if (island.Head != this)
            {
                island.FailedBehind();
            }
        }
    }

    /// <summary>User code threw on an item. True: by the block's policy the item is left out, and the block goes on with the next.</summary>
    public ValueTask<bool> CaughtAsync(object? item, Exception error)
    {
        ErrorPolicy policy = OnError;
        if (!policy.Stops && !(error is OperationCanceledException && Run.IsAborting))
        {
            return LeaveOutAsync(policy, item, error);
        }

        Caught(item, error);
        return default;
    }

    /// <summary>Whether an item that a policy leaves out has been put behind what comes before it, where the policy hears of it. False: it is to hear of it
    /// now.</summary>
    public virtual bool TryPutOff(object? item, Exception error) => false;

    /// <summary>The same for a block whose policy never has to wait.</summary>
    public bool CaughtNow(object? item, Exception error)
    {
        ValueTask<bool> goesOn = CaughtAsync(item, error);
        Debug.Assert(goesOn.IsCompletedSuccessfully, "Nothing here can wait.");
        return goesOn.IsCompletedSuccessfully && goesOn.Result;
    }

    private async ValueTask<bool> LeaveOutAsync(ErrorPolicy policy, object? item, Exception error)
    {
        IsInCode = true;
        try
        {
            var letter = new DeadLetter { Item = item, Exception = error, Block = Run.NameOf(this), At = Run.Edge.UtcNow() };
            await policy.LeaveOutAsync(letter, Run).AtOnce(Run.Edge);
            Run.Errors.Note(letter);
        }
        catch (Exception refusal)
        {
            if (refusal is OperationCanceledException && Run.IsAborting)
            {
                Undeliver(item); // aborted while the letter waited for room: nobody has heard of the item
                return false;
            }

            Refused(item, error, refusal);
            return false;
        }
        finally
        {
            IsInCode = false;
        }

        Interlocked.Increment(ref Failed);
        return !Run.IsAborting;
    }

    /// <summary>What the policy does about a failed item has failed too: that ends the run, and the item's own failure comes second.</summary>
    public virtual void Refused(object? item, Exception error, Exception refusal)
    {
        Interlocked.Increment(ref Failed);
        HasFailed(Failure(item, refusal));
        HasFailed(Failure(item, error));
    }

    /// <summary>User code threw on an item behind everything that got through when the run ended: nothing fails for it, but it is kept.</summary>
    public void CaughtBehindTheEnd(object? item, Exception error)
    {
        if (!OnError.Stops || error is OperationCanceledException)
        {
            Undeliver(item); // left out or cancelled: either way it did not get through, and whoever wants it back gets it
            return;
        }

        Interlocked.Increment(ref Failed);
        Run.NoteFailure(Failure(item, error));
    }

    /// <summary>User code threw on an item that has failed already: that is kept, and counts no more.</summary>
    public void NoteLater(object? item, Exception error) => Run.NoteFailure(Failure(item, error));

    private BlockFailure Failure(object? item, Exception error) => new() { Block = Run.NameOf(this), Item = item, Exception = error };

    /// <summary>User code threw outside of any item: an enumerator, a producer's or consumer's own function.</summary>
    public void Caught(Exception error)
    {
        if (error is not OperationCanceledException || !Run.IsAborting)
        {
            HasFailed(Failure(null, error));
        }
    }

    /// <summary>A source that is asked for its items has come to its end, perhaps by an exception.</summary>
    /// <param name="error">What it has thrown.</param>
    /// <param name="isUnwanted">Whether it was told to end because nobody takes any more.</param>
    public void SourceEnded(Exception? error, bool isUnwanted)
    {
        if (error is null || (error is OperationCanceledException && (Run.IsStopping || isUnwanted)))
        {
            return; // it obeyed its token, if it had to: this is where the stream ends
        }

        if (Run.IsStopping || isUnwanted)
        {
            Note(error); // many answer a stop with an exception of their own: that is no reason to lose what is in flight
        }
        else
        {
            Caught(error);
        }
    }

    /// <summary>User code threw, and it changes nothing: kept for the report.</summary>
    public void Note(Exception error) => Run.NoteFailure(Failure(null, error));

    /// <summary>An item that reached this block goes no further: counted, and handed back when the run ends.</summary>
    public void Undeliver<T>(T item) => Undeliver(item, isResult: false);

    /// <summary>The same for something that this block has made.</summary>
    public void UndeliverResult<T>(T result) => Undeliver(result, isResult: true);

    private void Undeliver<T>(T item, bool isResult)
    {
        // Two workers of a pool may raise it at once: the one that passes on, and one that gives up its run.
        Interlocked.Increment(ref Undelivered);
        if (Run.Leftovers is { AreWanted: true } leftovers)
        {
            leftovers.Add(item, this, isResult ? Ownership.OfResult : Ownership, Run.Life.Reason);
        }
    }

    /// <summary>The same while the run goes on, for a block whose branch has ended: handed back at once.</summary>
    public void UndeliverNow<T>(T item)
    {
        Interlocked.Increment(ref Undelivered);
        HandBackNow(item, UndeliveredReason.NotWanted);
    }

    /// <summary>An item for which there was no room: counted as dropped, and handed back at once.</summary>
    public void Drop<T>(T item)
    {
        Interlocked.Increment(ref Dropped);
        HandBackNow(item, UndeliveredReason.Dropped);
    }

    /// <summary>A result of <paramref name="head"/>, meant for this block, whose item has failed already, so that nothing counts it: handed back at
    /// once.</summary>
    public void Discard<T>(BlockRun head, T result) => HandBackNow(result, UndeliveredReason.TooLate, head);

    // Generic, so that a number that nobody asks for is not boxed.
    private void HandBackNow<T>(T item, UndeliveredReason reason, BlockRun? head = null)
    {
        if (Run.Leftovers is { AreWanted: true } leftovers)
        {
            leftovers.HandBackNow(item, this, head ?? this, reason);
        }
    }

    /// <summary>Whose the items in front of it are.</summary>
    public Ownership Ownership => Rarely.Ownership ??= Ownership.InFrontOf(Original);

    /// <summary>Empties the block's link into <see cref="Undeliver{T}(T)"/>; after the run has stopped only.</summary>
    public void AbandonLink<T>(Ring<T> link)
    {
        while (link.TryRead(out T? item))
        {
            Undeliver(item);
        }
    }

    /// <summary>Counts what is lost where another block does, of which this one is a copy.</summary>
    protected void LoseFor(BlockRun main) => _rare = main.Rarely;
}

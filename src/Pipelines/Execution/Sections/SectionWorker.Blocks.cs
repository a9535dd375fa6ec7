namespace Pipelines.Execution;

// What the blocks of its copy tell it, and what is seen of them.
internal sealed partial class SectionWorker<TIn, TOut>
{
    /// <summary>The block whose code it executes, if that can be seen.</summary>
    public BlockRun? Inside
    {
        get
        {
            if (_call is { } call)
            {
                return call.Block.Original;
            }

            foreach (SectionCopy copy in _copies)
            {
                if (copy.IsInCode || copy.Caller is { IsInside: true })
                {
                    return copy.Original;
                }
            }

            return null;
        }
    }

    public void Failed(FailedItem failure) => _failure ??= failure;

    public bool TryPutOff(FailedItem item)
    {
        if (!_block.IsOrdered || _end.IsDirect || _line is not { } line)
        {
            return false;
        }

        _bringsBaton |= _block.PutOff(line, _end, item);
        return true;
    }

    public void Broke(BlockRun block, Exception error)
    {
        _isSpent = true;
        _block.Broke(block, error);
    }

    public void Await(ISectionCall call) => _call = call;

    public WorkerScope ScopeOf(BlockRun block) => _scopes.Add(block);

    public void LetterWaits() => Volatile.Write(ref _letter, 1);

    public void LetterIsTold()
    {
        if (Interlocked.Exchange(ref _letter, 0) == 2)
        {
            _block.Ready(this);
        }
    }
}

namespace Pipelines.Execution;

// What the blocks of its copy tell it, and what is seen of them.
internal sealed partial class SectionWorker<TIn, TOut>
{
    /// <summary>The block whose code it executes, if that can be seen.</summary>
    public BlockRun? Inside => _call?.Block.Original ?? SectionCopy.InCodeOf(_copies);

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

    public void LetterWaits() => _letter.Begin();

    public void LetterIsTold()
    {
        if (_letter.End())
        {
            _block.Ready(this);
        }
    }
}

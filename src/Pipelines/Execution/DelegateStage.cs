using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>A stage that calls a user's delegate once an item, and notes for which item while it does.</summary>
/// <remarks>
/// The note replaces a try block around the delegate. An exception travels up through the stages to the island's loop, which then finds
/// the one stage that is still inside its delegate. A try block would keep the compiler from inlining stages into each other, which
/// makes a chain of five about half as fast; the note is two stores.
/// </remarks>
internal abstract class DelegateStage<TIn, TOut> : Stage<TIn, TOut>, ICallsDelegate
{
    private TIn _item = default!;
    private bool _isInside;

    protected DelegateStage(BlockRun block, Stage<TOut> next)
        : base(block, next) => block.Caller = this;

    bool ICallsDelegate.IsInside => _isInside;

    object? ICallsDelegate.Item => _item;

    void ICallsDelegate.Leave() => Exit();

    protected void Enter(TIn item)
    {
        _item = item;
        _isInside = true;
    }

    protected void Exit()
    {
        _isInside = false;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TIn>())
        {
            _item = default!;
        }
    }
}

/// <summary>The same for a consumer.</summary>
internal abstract class LastDelegateStage<T> : LastStage<T>, ICallsDelegate
{
    private T _item = default!;
    private bool _isInside;

    protected LastDelegateStage(BlockRun block)
        : base(block) => block.Caller = this;

    bool ICallsDelegate.IsInside => _isInside;

    object? ICallsDelegate.Item => _item;

    void ICallsDelegate.Leave() => Exit();

    protected void Enter(T item)
    {
        _item = item;
        _isInside = true;
    }

    protected void Exit()
    {
        _isInside = false;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _item = default!;
        }
    }
}

/// <summary>What an island asks after an exception, to learn where it came from.</summary>
internal interface ICallsDelegate
{
    /// <summary>Whether the delegate was called and has not returned.</summary>
    bool IsInside { get; }

    /// <summary>The item that it was called with.</summary>
    object? Item { get; }

    /// <summary>The delegate has thrown, and the stage goes on with another item.</summary>
    void Leave();
}

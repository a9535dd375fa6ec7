namespace Pipelines.Execution;

/// <summary>What a chain of stages says when it is asked whether it takes another item.</summary>
internal enum Readiness
{
    /// <summary>It takes one more.</summary>
    Ready,

    /// <summary>A link behind it is full: wait for room and ask again.</summary>
    Full,

    /// <summary>It takes no more, ever: a <c>Take</c> has had enough, or the block behind the link has left.</summary>
    Finished,
}

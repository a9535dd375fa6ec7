namespace Pipelines.Processes;

/// <summary>The first page of the memory that a worker process shares with its parent: words that either side writes and the other reads, each on a cache
/// line of its own. They survive the death of whoever wrote them.</summary>
/// <remarks>
/// <code>
/// word            written by        means
/// Requests.Head   parent            bytes put into the ring of requests, whole frames only
/// Requests.Tail   worker            bytes taken from it
/// Answers.Head    worker            bytes put into the ring of answers, whole frames only
/// Answers.Tail    parent            bytes taken from it
/// ParentSleeps    both (exchange)   1: whoever brings news writes a NUL byte to the worker's stdout
/// WorkerSleeps    both (exchange)   1: whoever brings news writes a NUL byte to the worker's stdin
/// Begun           both (compare-    items begun so far: n -> n + 1 by the worker before each. With the top bit: the parent has taken back what was not
///                 and-swap)         begun; the worker skips up to TakenBackTo, and sets Begun to that
/// Ended           worker            items whose answers are in the ring
/// TakenBackTo     parent            how many items had been sent when they were taken back
/// State           worker            how far it has got (WorkerState)
/// Orders          parent            bits: leave between two items; cancel the delegate's token
/// </code>
/// An item is in one of three states for whoever finds the worker dead: answered (its frame is in the ring), begun and not ended (at most one: it is to
/// blame), or not begun.
/// </remarks>
internal readonly unsafe struct Marks(byte* page)
{
    public const int Size = 4096;
    public const long TakenBack = 1L << 62;
    public const int Leave = 1;
    public const int Cancel = 2;

    private const int Line = 64;

    public ref long RequestsHead => ref Word(1);

    public ref long RequestsTail => ref Word(2);

    public ref long AnswersHead => ref Word(3);

    public ref long AnswersTail => ref Word(4);

    public ref long ParentSleeps => ref Word(5);

    public ref long WorkerSleeps => ref Word(6);

    public ref long Begun => ref Word(7);

    public ref long Ended => ref Word(8);

    public ref long TakenBackTo => ref Word(9);

    public ref long State => ref Word(10);

    public ref long Orders => ref Word(11);

    private ref long Word(int line) => ref *(long*)(page + (line * Line));
}

/// <summary>How far a worker process has got.</summary>
internal enum WorkerState
{
    /// <summary>It has not said anything yet.</summary>
    Starting,

    /// <summary>It takes items.</summary>
    Ready,

    /// <summary>It begins no more items: it uses more memory than it may, and is to be replaced.</summary>
    Full,

    /// <summary>It ends by itself, as it was told.</summary>
    Leaving,
}

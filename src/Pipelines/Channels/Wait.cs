namespace Pipelines.Channels;

/// <summary>What somebody waits for; bits, since one waiter may wait for several.</summary>
[Flags]
internal enum Wait
{
    None = 0,

    /// <summary>An item to read, or the end of the stream.</summary>
    Input = 1,

    /// <summary>A free slot to write to, or a reader that went away.</summary>
    Room = 2,

    /// <summary>That a paused run goes on.</summary>
    Resume = 4,

    /// <summary>That code which was called returns: a delegate's task. Until then it is at work.</summary>
    Code = 8,

    /// <summary>That something outside of the run has news: a foreign channel, a sequence.</summary>
    Outside = 16,

    /// <summary>Whatever the run itself may end: code and the outside end by themselves.</summary>
    Own = Input | Room | Resume,

    Any = Own | Code | Outside,

    /// <summary>Nothing: others are to have their turn first. Never announced.</summary>
    Turn = 256,

    /// <summary>Nothing: it leaves its thread until somebody of its own calls it up. Never announced.</summary>
    Dormant = 512,
}

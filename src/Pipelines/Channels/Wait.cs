namespace Pipelines.Channels;

/// <summary>What a side of a ring waits for; bits, since one waiter may wait for several.</summary>
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

    Any = Input | Room | Resume,
}

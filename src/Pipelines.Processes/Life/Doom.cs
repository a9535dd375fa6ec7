namespace Pipelines.Processes;

/// <summary>What a worker has had its process killed for.</summary>
internal enum Doom
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>An item exceeded its time limit.</summary>
    TookTooLong,

    /// <summary>It was not ready in time.</summary>
    StartedTooLate,

    /// <summary>The shared memory was damaged.</summary>
    Damaged,
}

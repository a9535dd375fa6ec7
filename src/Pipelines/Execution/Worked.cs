namespace Pipelines.Execution;

/// <summary>How far a worker has got.</summary>
internal enum Worked
{
    /// <summary>It has an item in hand.</summary>
    On,

    /// <summary>There is nothing more for it.</summary>
    Out,

    /// <summary>It has lain down, or waits for code: it is called again, and must touch nothing of its own from here on.</summary>
    Away,

    /// <summary>Others first.</summary>
    Turn,
}

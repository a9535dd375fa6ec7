namespace Pipelines.Execution;

/// <summary>Something of a block that lives as long as the run, and is disposed when everything has stopped.</summary>
internal interface IRunOwned
{
    /// <summary>The block.</summary>
    BlockRun Block { get; }

    /// <summary>What is to be disposed; null if there was no need for it.</summary>
    object? Resource { get; }
}

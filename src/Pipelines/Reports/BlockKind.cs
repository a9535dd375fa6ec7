namespace Pipelines;

/// <summary>What a block has: an output, both, or an input.</summary>
public enum BlockKind
{
    /// <summary>Only an output: the start of a pipeline.</summary>
    Producer,

    /// <summary>An input and an output.</summary>
    Transform,

    /// <summary>Only an input: the end of a pipeline.</summary>
    Consumer,
}

namespace Pipelines.Execution;

/// <summary>The description of one block: immutable, shared by all runs of the pipelines it is part of.</summary>
internal abstract class Blueprint(BlockKind kind, string name, BlockOptions? options = null)
{
    public BlockKind Kind { get; } = kind;

    public BlockOptions Options { get; } = options ?? BlockOptions.Default;

    /// <summary>Whether what goes in and what comes out are counted in units of their own, so that their difference says nothing.</summary>
    public virtual bool CountsApart => false;

    /// <summary>Whether it gives an item to several: what is behind it is in other hands too.</summary>
    public virtual bool SharesItems => false;

    /// <summary>Whether what it yields is an array or a tuple of its own making.</summary>
    public virtual bool MakesContainers => false;

    /// <summary>Whether what it makes of an item depends on that item alone, so that several copies of it do what one does.</summary>
    public virtual bool IsStateless => false;

    /// <summary>Whether it yields one item for each that it takes, as long as none fails.</summary>
    public virtual bool IsOneForOne => false;

    /// <summary>Whether it yields the very items that it takes.</summary>
    public virtual bool PassesItems => false;

    /// <summary>A producer that waits for a clock of its own, as a timer does: what it waits for keeps nobody back.</summary>
    public virtual bool KeepsTime => false;

    /// <summary>The name before duplicates are told apart: the option, or the expression that the block was given.</summary>
    public string Name => Options.Name is { } given ? BlockName.OnOneLine(given) : BlockName.Shorten(name);
}

/// <summary>The description of a block that yields <typeparamref name="T"/>, and of all that is upstream of it.</summary>
internal abstract class Blueprint<T>(BlockKind kind, string name, BlockOptions? options = null) : Blueprint(kind, name, options)
{
    /// <summary>Makes what runs: this block in front of <paramref name="next"/>, then everything upstream.</summary>
    public abstract void Build(Plan plan, Stage<T> next);
}

/// <summary>The description of a block that closes a pipeline.</summary>
internal abstract class ConsumerBlueprint(string name, BlockOptions? options = null) : Blueprint(BlockKind.Consumer, name, options)
{
    /// <summary>Makes what runs: this block, then everything upstream.</summary>
    public abstract void Build(Plan plan);
}

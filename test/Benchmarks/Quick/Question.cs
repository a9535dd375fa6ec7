namespace Benchmarks.Quick;

/// <summary>One question to the clock: the same work done by us and by others.</summary>
internal abstract class Question
{
    /// <summary>The link between any two concurrent steps, ours and the peers': the library's default.</summary>
    protected const int Capacity = 256;

    public abstract string Title { get; }

    /// <summary>What one unit of work is called.</summary>
    public virtual string Unit => "item";

    /// <summary>What we want to reach, in words.</summary>
    public virtual string Target => "";

    /// <summary>Ours first: the ratios are to the first row.</summary>
    public abstract IReadOnlyList<Contender> Contenders { get; }

    /// <summary>What every contender must return for so many items.</summary>
    public abstract long Expected(int items);
}

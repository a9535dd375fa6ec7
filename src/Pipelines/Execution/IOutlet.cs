namespace Pipelines.Execution;

/// <summary>Where items come from, as the counting sees it.</summary>
internal interface IOutlet
{
    /// <summary>The block they come out of.</summary>
    BlockRun Source { get; }

    /// <summary>How many came out here so far.</summary>
    /// <param name="sourcesOut">How many came out of the block in all.</param>
    long PassedOf(long sourcesOut);
}

/// <summary>What feeds a block: most often one outlet, which then needs no list.</summary>
internal readonly struct Outlets
{
    private readonly object? _all;

    private Outlets(object all) => _all = all;

    public int Count => _all switch
    {
        null => 0,
        List<IOutlet> several => several.Count,
        _ => 1,
    };

    public IOutlet this[int index] => _all is List<IOutlet> several ? several[index] : (IOutlet)_all!;

    /// <summary>These and one more. The list behind them is one and the same, so only the last that was made is to be kept.</summary>
    public Outlets With(IOutlet outlet)
    {
        switch (_all)
        {
            case null:
                return new(outlet);
            case List<IOutlet> several:
                several.Add(outlet);
                return this;
            default:
                return new(new List<IOutlet> { (IOutlet)_all, outlet });
        }
    }

    public IEnumerator<IOutlet> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }
}

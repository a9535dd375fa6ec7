using System.Globalization;

namespace Pipelines;

/// <summary>What the drawings of a graph have in common, whatever their language: which block stands where, and what is written on it.</summary>
/// <remarks>
/// Names are what users have made of them, or their expressions. What is written is text for a reader: on one line, not too long, with what cannot be seen
/// written out (<see cref="SafeText"/>). Each language then quotes its own marks.
/// </remarks>
internal sealed class Drawing
{
    private const int LongestName = 100;

    private readonly Dictionary<string, int> _numbers = [];
    private readonly GraphOverlay? _overlay;

    public Drawing(PipelineGraph graph, GraphOverlay? overlay)
    {
        _overlay = overlay;
        Dictionary<string, GraphBlock> blocks = [];
        foreach (GraphBlock block in graph.Blocks)
        {
            _numbers.TryAdd(block.Name, _numbers.Count + 1);
            blocks.TryAdd(block.Name, block);
        }

        // Each block once, whatever the graph says.
        List<IReadOnlyList<GraphBlock>> islands = [];
        foreach (GraphIsland island in graph.Islands)
        {
            List<GraphBlock> its = [];
            foreach (string name in island.Blocks)
            {
                if (blocks.Remove(name, out GraphBlock? block))
                {
                    its.Add(block);
                }
            }

            if (its.Count > 0)
            {
                islands.Add(its);
            }
        }

        Islands = islands;
        Outside = [.. graph.Blocks.Where(block => blocks.Remove(block.Name))];
    }

    /// <summary>The blocks of each loop.</summary>
    public IReadOnlyList<IReadOnlyList<GraphBlock>> Islands { get; }

    /// <summary>Blocks in no loop of ours: a consumer that hands its items to the outside.</summary>
    public IReadOnlyList<GraphBlock> Outside { get; }

    /// <summary>A block's place in the graph, from 1 on.</summary>
    public int Number(string name) => _numbers[name];

    /// <summary>Whether a name is written as it is.</summary>
    public static bool IsShownAsItIs(string name) => ReferenceEquals(Shown(name), name);

    /// <summary>What is written on a block, line by line.</summary>
    public IEnumerable<string> Lines(GraphBlock block)
    {
        yield return Shown(block.Name);
        if (block.Parallelism > 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{block.Parallelism} at once{(block.Ordered ? "" : ", unordered")}");
        }

        foreach (string line in _overlay?.Lines(block) ?? [])
        {
            yield return line;
        }
    }

    /// <summary>What is written on a link.</summary>
    public string Label(GraphLink link)
    {
        string capacity = link.Capacity?.ToString("N0", CultureInfo.InvariantCulture) ?? "unbounded";
        return _overlay?.Queue(link, capacity) ?? capacity;
    }

    public string? Colour(GraphBlock block) => _overlay?.Colour(block);

    private static string Shown(string name) => SafeText.OnOneLine(name, LongestName);
}

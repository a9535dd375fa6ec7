namespace Pipelines.Execution;

/// <summary>What a plan describes, in names and numbers: the one description that graphs, reports and the run itself share.</summary>
/// <remarks>
/// Immutable, and it holds neither blueprints nor anything of a run: whoever keeps a report or a graph keeps this and no more. It is read off a plan
/// in time linear in its blocks and connections. Blocks and connections run downstream: what feeds a block stands before it.
/// </remarks>
internal sealed class Topology
{
    private readonly string[] _given;
    private string[]? _names;

    private Topology(string[] given, Block[] blocks, Connection[] connections, int islands, long? maxInFlight)
    {
        _given = given;
        Blocks = blocks;
        Connections = connections;
        Islands = islands;
        MaxInFlight = maxInFlight;
    }

    /// <summary>What a block is. Its name is in <see cref="Names"/>.</summary>
    /// <param name="Kind">Producer, transform or consumer.</param>
    /// <param name="Parallelism">How many items it may work on at once.</param>
    /// <param name="Ordered">Whether its output order is its input order.</param>
    /// <param name="KeepsTime">Whether it is a producer that waits for its own clock.</param>
    /// <param name="CountsApart">Whether its input and its output are counted in units of their own.</param>
    /// <param name="Island">The number of its loop, from 1 on; 0 if it runs in none.</param>
    public readonly record struct Block(BlockKind Kind, int Parallelism, bool Ordered, bool KeepsTime, bool CountsApart, int Island);

    /// <summary>A connection between two blocks, by their places.</summary>
    /// <param name="From">The block that writes or calls.</param>
    /// <param name="To">The block that reads or is called.</param>
    /// <param name="IsLink">Whether items wait there; if not it is a plain call.</param>
    /// <param name="Capacity">How many may wait; null without a bound.</param>
    public readonly record struct Connection(int From, int To, bool IsLink, long? Capacity);

    public Block[] Blocks { get; }

    /// <summary>Where items go, by the block they come to.</summary>
    public Connection[] Connections { get; }

    /// <summary>Whether any of the connections is one where items wait.</summary>
    public bool HasLinks => Array.Exists(Connections, connection => connection.IsLink);

    /// <summary>How many loops there are.</summary>
    public int Islands { get; }

    /// <summary>The greatest number of items that can be in flight; null if there is none.</summary>
    public long? MaxInFlight { get; }

    /// <summary>The blocks' names, each unique. Made when somebody asks: most runs end without anybody's having read one.</summary>
    public string[] Names => _names ?? Interlocked.CompareExchange(ref _names, BlockName.Unique(_given), null) ?? _names;

    /// <summary>Reads the description off a plan, and tells its blocks and islands their places in it.</summary>
    public static Topology Of(Plan plan)
    {
        int islands = 0;
        for (Island? island = plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Number = ++islands;
        }

        int count = 0;
        int inputs = 0;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
        {
            block.Index = count++;
            inputs += block.Inputs.Count;
        }

        var names = new string[count];
        var blocks = new Block[count];
        Connection[] connections = inputs == 0 ? [] : new Connection[inputs];
        int next = 0;
        long? inFlight = islands;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
        {
            Blueprint blueprint = block.Blueprint;
            names[block.Index] = blueprint.Name;
            blocks[block.Index] = new Block(
                blueprint.Kind, blueprint.Options.Parallelism, blueprint.Options.Ordered, blueprint.KeepsTime, blueprint.CountsApart, block.Island?.Number ?? 0);
            inFlight = block.HoldsUnknown ? null : inFlight + block.Holds;
            for (int i = 0; i < block.Inputs.Count; i++)
            {
                IOutlet input = block.Inputs[i];
                Debug.Assert(input.Source.Index < block.Index, "A block stands before what feeds it.");
                Channels.Queue? link = block.LinkFrom(input);
                long? capacity = link is null or { Capacity: long.MaxValue } ? null : link.Capacity;
                connections[next++] = new Connection(input.Source.Index, block.Index, link is not null, capacity);
                inFlight = link is null ? inFlight : inFlight + capacity;
            }
        }

        return new Topology(names, blocks, connections, islands, inFlight);
    }
}

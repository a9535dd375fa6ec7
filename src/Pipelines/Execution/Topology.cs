namespace Pipelines.Execution;

/// <summary>What a plan describes, in names and numbers: the one description that graphs, reports and the run itself share.</summary>
/// <remarks>
/// Immutable, and it holds neither blueprints nor anything of a run: whoever keeps a report or a graph keeps this and no more. It is read off a plan
/// in time linear in its blocks and connections. Blocks run downstream: what feeds a block stands before it.
/// </remarks>
internal sealed class Topology
{
    private string[]? _names;

    private Topology(Block[] blocks, Connection[] connections, int islands) => (Blocks, Connections, Islands) = (blocks, connections, islands);

    /// <summary>What a block is. In two words, since every run makes one of each: its name, and numbers of which the second holds marks in its lowest
    /// bits.</summary>
    public readonly struct Block
    {
        private const int Kinds = 3;
        private const int IsOrdered = 1 << 2;
        private const int IsTimer = 1 << 3;
        private const int HasOwnUnits = 1 << 4;
        private const int IsCalledOnly = 1 << 5;
        private const int IsOfAPool = 1 << 6;
        private const int Marks = 7;

        private readonly int _islandAndMarks;

        public Block(BlockRun block, bool isCalled)
        {
            Blueprint blueprint = block.Blueprint;
            Given = blueprint.Name;
            Parallelism = block.Parallelism;
            _islandAndMarks = (block.Island?.Number ?? 0) << Marks
                | (int)blueprint.Kind
                | (block.IsOrdered ? IsOrdered : 0)
                | (blueprint.KeepsTime ? IsTimer : 0)
                | (blueprint.CountsApart ? HasOwnUnits : 0)
                | (isCalled ? IsCalledOnly : 0)
                | (block.Island is IWorkers ? IsOfAPool : 0);
        }

        /// <summary>The name it was given, which others may have too.</summary>
        public string Given { get; }

        /// <summary>How many items it may work on at once.</summary>
        public int Parallelism { get; }

        /// <summary>The number of its loop, from 1 on; 0 if it runs in none.</summary>
        public int Island => _islandAndMarks >> Marks;

        public BlockKind Kind => (BlockKind)(_islandAndMarks & Kinds);

        /// <summary>Whether its output order is its input order.</summary>
        public bool Ordered => Has(IsOrdered);

        /// <summary>Whether it is a producer that waits for its own clock.</summary>
        public bool KeepsTime => Has(IsTimer);

        /// <summary>Whether its input and its output are counted in units of their own.</summary>
        public bool CountsApart => Has(HasOwnUnits);

        /// <summary>Whether all that comes to it is what the block before it puts out, by a plain call: then no connection says so.</summary>
        public bool IsCalled => Has(IsCalledOnly);

        /// <summary>Whether its loop has workers, one or more.</summary>
        public bool HasWorkers => Has(IsOfAPool);

        /// <summary>How many workers its loop has.</summary>
        public int Workers(int parallelismOfHead) => Has(IsOfAPool) ? parallelismOfHead : 1;

        private bool Has(int mark) => (_islandAndMarks & mark) != 0;
    }

    /// <summary>A connection between two blocks, by their places.</summary>
    /// <param name="From">The block that writes or calls.</param>
    /// <param name="To">The block that reads or is called.</param>
    /// <param name="Capacity">How many items may wait there, <see cref="long.MaxValue"/> without a bound; 0 if it is a plain call.</param>
    public readonly record struct Connection(int From, int To, long Capacity)
    {
        public bool IsLink => Capacity > 0;

        public long? Bound => Capacity == long.MaxValue ? null : Capacity;
    }

    public Block[] Blocks { get; }

    /// <summary>Where items go, by the block they come to, except to those that are just called by the block before.</summary>
    public Connection[] Connections { get; }

    /// <summary>How many loops there are.</summary>
    public int Islands { get; }

    /// <summary>The blocks' names, each unique. Made when somebody asks: most runs end without anybody's having read one.</summary>
    public string[] Names => Volatile.Read(ref _names)
        ?? Interlocked.CompareExchange(ref _names, BlockName.Unique(Array.ConvertAll(Blocks, block => block.Given)), null) ?? _names;

    /// <summary>Reads the description off a plan, and tells its blocks and islands their places in it.</summary>
    public static Topology Of(Plan plan)
    {
        int islands = 0;
        for (Island? island = plan.FirstIsland; island is not null; island = island.Following)
        {
            island.Number = ++islands;
        }

        var blocks = new Block[plan.BlockCount];
        List<Connection>? connections = null;
        BlockRun? before = null;
        int index = 0;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following, index++)
        {
            block.Index = index;
            Outlets inputs = block.Inputs;
            bool isCalled = inputs.Count == 1 && inputs[0] == before && block.LinkFrom(inputs[0]) is null;
            blocks[index] = new Block(block, isCalled);
            for (int i = isCalled ? 1 : 0; i < inputs.Count; i++)
            {
                BlockRun source = inputs[i].Source;
                Debug.Assert(source.Index < index, "A block stands before what feeds it.");
                (connections ??= []).Add(new Connection(source.Index, index, block.LinkFrom(inputs[i])?.Capacity ?? 0));
            }

            before = block;
        }

        return new Topology(blocks, connections?.ToArray() ?? [], islands);
    }

    /// <summary>The greatest number of items that can be in flight; null if it has no bound.</summary>
    public long? MaxInFlight(Plan plan)
    {
        long? inFlight = Islands;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
        {
            inFlight = block.HoldsUnknown ? null : inFlight + block.Holds;
        }

        foreach (Connection connection in Connections)
        {
            inFlight += connection.Bound; // none of one, none of all
        }

        return inFlight;
    }
}

namespace Pipelines.Execution;

/// <summary>What was counted and timed in a run up to one moment, by the places of its topology: all that a report keeps of it.</summary>
internal sealed class RunFigures
{
    private readonly Topology _topology;
    private readonly Row[] _blocks;
    private readonly long[] _waiting;

    private RunFigures(Topology topology)
    {
        _topology = topology;
        _blocks = new Row[topology.Blocks.Length];
        _waiting = topology.HasLinks ? new long[topology.Connections.Length] : [];
    }

    /// <summary>One block's.</summary>
    internal struct Row
    {
        public long In;
        public long Out;
        public long Filtered;
        public long Failed;
        public long Dropped;
        public long Undelivered;
        public long Held;
        public TimeSpan Busy;
        public TimeSpan Starved;
        public TimeSpan Blocked;
        public TimeSpan Unthreaded;
        public TimeSpan Passing;
    }

    /// <summary>All items that were in flight and did not get through.</summary>
    public long Undelivered
    {
        get
        {
            long sum = 0;
            foreach (ref readonly Row block in _blocks.AsSpan())
            {
                sum += block.Undelivered;
            }

            return sum;
        }
    }

    /// <summary>Reads the counts, from upstream to downstream, each once: what goes into a block is what came out of those before it.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="now">The moment up to which time counts, by the run's clock.</param>
    public static RunFigures Read(Plan plan, long now)
    {
        Topology topology = plan.Topology;
        var figures = new RunFigures(topology);
        TimeProvider time = plan.Options.TimeProvider;
        Island? island = null;
        IslandTimes times = default;
        int connection = 0;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
        {
            ref Row row = ref figures._blocks[block.Index];
            Outlets inputs = block.Inputs;
            for (int i = 0; i < inputs.Count; i++, connection++)
            {
                IOutlet input = inputs[i];
                row.In += input.PassedOf(figures._blocks[input.Source.Index].Out);
                if (topology.Connections[connection].IsLink)
                {
                    figures._waiting[connection] = block.LinkFrom(input)!.Count;
                }
            }

            row.Held = block.Held;
            row.Out = block.OutOf(row.In, row.Held);
            row.Filtered = block.Filtered;
            row.Failed = block.Failed;
            row.Dropped = block.Dropped;
            row.Undelivered = block.Undelivered;
            if (block.Island is { } its)
            {
                if (its != island)
                {
                    island = its;
                    times = island.TimesAt(now);
                }

                IslandTimes own = times.Scaled(topology.Blocks[block.Index].Parallelism, island.Workers);
                row.Busy = time.GetElapsedTime(0, own.Busy);
                row.Starved = time.GetElapsedTime(0, own.Starved);
                row.Blocked = time.GetElapsedTime(0, own.Blocked);
                row.Unthreaded = time.GetElapsedTime(0, own.Unthreaded);
                row.Passing = time.GetElapsedTime(0, own.Passing);
            }
        }

        return figures;
    }

    /// <summary>The rows of a report: one a block.</summary>
    public BlockReport[] Blocks()
    {
        var rows = new BlockReport[_blocks.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly Topology.Block block = ref _topology.Blocks[i];
            ref readonly Row figures = ref _blocks[i];
            rows[i] = new BlockReport
            {
                Name = _topology.Names[i],
                Kind = block.Kind,
                Parallelism = block.Parallelism,
                Ordered = block.Ordered,
                KeepsTime = block.KeepsTime,
                Island = block.Island,
                In = figures.In,
                Out = figures.Out,
                Filtered = figures.Filtered,
                Failed = figures.Failed,
                Dropped = figures.Dropped,
                Undelivered = figures.Undelivered,
                Busy = figures.Busy,
                Starved = figures.Starved,
                Blocked = figures.Blocked,
                Unthreaded = figures.Unthreaded,
                Passing = figures.Passing,
            };
        }

        return rows;
    }

    /// <summary>The rows of a report: one a link.</summary>
    public LinkReport[] Links()
    {
        var rows = new LinkReport[Array.FindAll(_topology.Connections, connection => connection.IsLink).Length];
        int next = 0;
        for (int i = 0; i < _waiting.Length; i++)
        {
            Topology.Connection connection = _topology.Connections[i];
            if (connection.IsLink)
            {
                rows[next++] = new LinkReport
                {
                    From = _topology.Names[connection.From],
                    To = _topology.Names[connection.To],
                    Waiting = _waiting[i],
                    Capacity = connection.Capacity,
                };
            }
        }

        return rows;
    }

    /// <summary>
    /// Items in front of each block or in its hands; of blocks that count both sides in units of their own, those in front. The counts are read one
    /// after the other: while the run goes on, it is about that.
    /// </summary>
    public IEnumerable<(string Block, string? From, long Value)> InFlight()
    {
        for (int i = 0; i < _blocks.Length; i++)
        {
            Row block = _blocks[i];
            if (_topology.Blocks[i].Kind != BlockKind.Producer)
            {
                long left = block.In - block.Out - block.Filtered - block.Failed - block.Dropped - block.Undelivered;
                yield return (_topology.Names[i], null, _topology.Blocks[i].CountsApart ? block.Held : Math.Max(block.Held, left));
            }
        }
    }
}

namespace Pipelines.Execution;

/// <summary>What was counted and timed in a run up to one moment, by the places of its topology: all that a report keeps of it.</summary>
/// <remarks>
/// One array, which every run fills when it ends: what each block put out; the times of each island; what each connection has passed and holds; and, behind
/// these, pairs of a key and a number for what is seldom other than zero.
/// </remarks>
internal readonly struct RunFigures
{
    private const int TimesOfIsland = 4;

    private readonly Topology _topology;
    private readonly long[] _numbers;

    // By the block's place; null if no block has workers elsewhere.
    private readonly Dictionary<int, WorkerReport[]>? _workers;

    private RunFigures(Topology topology, long[] numbers, Dictionary<int, WorkerReport[]>? workers = null) =>
        (_topology, _numbers, _workers) = (topology, numbers, workers);

    /// <summary>What there is of some blocks, or islands, only.</summary>
    private enum Seldom
    {
        Filtered,
        Failed,
        Dropped,
        Undelivered,
        Passing,

        /// <summary>What the block's parallelism is by now.</summary>
        Parallelism,

        /// <summary>How many thousandths of a worker a loop had on average, if that has changed.</summary>
        Mean,

        /// <summary>How long a block of a section was at work inside of it.</summary>
        Inside,
    }

    public bool IsEmpty => _topology is null;

    private int ConnectionsAt => _topology.Blocks.Length + (TimesOfIsland * _topology.Islands);

    private int SeldomAt => ConnectionsAt + (2 * _topology.Connections.Length);

    /// <summary>All items that were in flight and did not get through.</summary>
    public long Undelivered
    {
        get
        {
            long sum = 0;
            for (int i = SeldomAt; i < _numbers.Length; i += 2)
            {
                sum += KeyOf(_numbers[i]).What == Seldom.Undelivered ? _numbers[i + 1] : 0;
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
        var writer = new Writer(new long[new RunFigures(topology, []).SeldomAt]);
        int next = topology.Blocks.Length;
        Edge edge = plan.Run.Edge;
        for (Island? island = plan.FirstIsland; island is not null; island = island.Following)
        {
            IslandTimes times = island.TimesAt(now);
            writer.Numbers[next++] = edge.Elapsed(times.Busy).Ticks;
            writer.Numbers[next++] = edge.Elapsed(times.Starved).Ticks;
            writer.Numbers[next++] = edge.Elapsed(times.Blocked).Ticks;
            writer.Numbers[next++] = edge.Elapsed(times.Unthreaded).Ticks;
            writer.Add(island.Number, Seldom.Passing, times.Passing == 0 ? 0 : Math.Max(1, edge.Elapsed(times.Passing).Ticks));
            writer.Add(island.Number, Seldom.Mean, MeanOf(island, times));
        }

        int index = 0;
        Dictionary<int, WorkerReport[]>? workers = null;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following, index++)
        {
            long taken = topology.Blocks[index].IsCalled ? writer.Numbers[index - 1] : 0;
            if (!topology.Blocks[index].IsCalled)
            {
                Outlets inputs = block.Inputs;
                for (int i = 0; i < inputs.Count; i++)
                {
                    long passed = inputs[i].PassedOf(writer.Numbers[inputs[i].Source.Index]);
                    taken += passed;
                    writer.Numbers[next++] = passed;
                    writer.Numbers[next++] = block.LinkFrom(inputs[i])?.Count ?? 0;
                }
            }

            writer.Numbers[index] = block.OutOf(taken, block.Held);
            (long failed, long dropped, long undelivered) = block.Lost;
            writer.Add(index, Seldom.Filtered, block.FilteredInAll);
            writer.Add(index, Seldom.Inside, edge.Elapsed(block.Inside).Ticks);
            writer.Add(index, Seldom.Failed, failed);
            writer.Add(index, Seldom.Dropped, dropped);
            writer.Add(index, Seldom.Undelivered, undelivered);
            if (block.Island is IWorkers && block.Island.IsInFront(block) && block.Island.Workers != topology.Blocks[index].Parallelism)
            {
                writer.Add(index, Seldom.Parallelism, block.Island.Workers);
            }

            if (block.WorkersElsewhere is { } elsewhere)
            {
                (workers ??= []).Add(index, elsewhere());
            }
        }

        return new RunFigures(topology, writer.Numbers, workers);
    }

    /// <summary>The rows of a report: one a block.</summary>
    public BlockReport[] Blocks()
    {
        int blocks = _topology.Blocks.Length;
        var taken = new long[blocks];
        for (int i = 1; i < blocks; i++)
        {
            taken[i] = _topology.Blocks[i].IsCalled ? _numbers[i - 1] : 0;
        }

        for (int i = 0; i < _topology.Connections.Length; i++)
        {
            taken[_topology.Connections[i].To] += _numbers[ConnectionsAt + (2 * i)];
        }

        var seldom = new Dictionary<(int Place, Seldom What), long>();
        for (int i = SeldomAt; i < _numbers.Length; i += 2)
        {
            if (_numbers[i + 1] != 0)
            {
                seldom[KeyOf(_numbers[i])] = _numbers[i + 1]; // behind the last is room
            }
        }

        var heads = new int[_topology.Islands + 1];
        var rows = new BlockReport[blocks];
        for (int i = 0; i < blocks; i++)
        {
            Topology.Block block = _topology.Blocks[i];
            int parallelism = (int)seldom.GetValueOrDefault((i, Seldom.Parallelism), block.Parallelism);
            double mean = seldom.GetValueOrDefault((block.Island, Seldom.Mean)) / 1000.0;
            heads[block.Island] = heads[block.Island] == 0 ? parallelism : heads[block.Island];
            int workers = block.Workers(heads[block.Island]);
            double share = parallelism == workers ? 1 : parallelism / (mean > 0 ? mean : workers);
            int times = blocks + (TimesOfIsland * (block.Island - 1));
            rows[i] = new BlockReport
            {
                Name = _topology.Names[i],
                Kind = block.Kind,
                Parallelism = parallelism,
                MeanParallelism = mean > 0 && parallelism == workers ? mean : parallelism,
                HasWorkers = block.HasWorkers && parallelism == workers,
                Ordered = block.Ordered,
                CountsApart = block.CountsApart,
                KeepsTime = block.KeepsTime,
                Island = block.Island,
                In = taken[i],
                Out = _numbers[i],
                Filtered = seldom.GetValueOrDefault((i, Seldom.Filtered)),
                Failed = seldom.GetValueOrDefault((i, Seldom.Failed)),
                Dropped = seldom.GetValueOrDefault((i, Seldom.Dropped)),
                Undelivered = seldom.GetValueOrDefault((i, Seldom.Undelivered)),
                Busy = Time(times, block, share),
                Starved = Time(times + 1, block, share),
                Blocked = Time(times + 2, block, share),
                Unthreaded = Time(times + 3, block, share),
                Workers = _workers?.GetValueOrDefault(i) ?? [],
                Inside = TimeSpan.FromTicks(seldom.GetValueOrDefault((i, Seldom.Inside))),
                Passing = TimeSpan.FromTicks(seldom.GetValueOrDefault((block.Island, Seldom.Passing))),
            };
        }

        return rows;
    }

    /// <summary>The rows of a report: one a link.</summary>
    public LinkReport[] Links()
    {
        List<LinkReport> rows = [];
        for (int i = 0; i < _topology.Connections.Length; i++)
        {
            Topology.Connection connection = _topology.Connections[i];
            if (connection.IsLink)
            {
                rows.Add(new LinkReport
                {
                    From = _topology.Names[connection.From],
                    To = _topology.Names[connection.To],
                    Waiting = _numbers[ConnectionsAt + (2 * i) + 1],
                    Capacity = connection.Bound,
                });
            }
        }

        return rows.ToArray();
    }

    /// <summary>The connections that are plain calls, by the places of their blocks.</summary>
    public List<(int From, int To)> Fusions()
    {
        List<(int From, int To)> calls = [];
        for (int i = 1; i < _topology.Blocks.Length; i++)
        {
            if (_topology.Blocks[i].IsCalled)
            {
                calls.Add((i - 1, i));
            }
        }

        calls.AddRange(_topology.Connections.Where(connection => !connection.IsLink).Select(connection => (connection.From, connection.To)));
        return calls;
    }

    /// <summary>
    /// Items in front of each block or in its hands; of blocks that count both sides in units of their own, those in front. Counts are read one
    /// after the other: while the run goes on, it is about that.
    /// </summary>
    public static IEnumerable<(string Block, string? From, long Value)> InFlight(Plan plan, long now)
    {
        BlockReport[] rows = Read(plan, now).Blocks();
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
        {
            BlockReport row = rows[block.Index];
            if (row.Kind != BlockKind.Producer)
            {
                long left = row.In - row.Out - row.Filtered - row.Failed - row.Dropped - row.Undelivered;
                yield return (row.Name, null, row.CountsApart ? block.Held : Math.Max(block.Held, left));
            }
        }
    }

    // The share of a block that does one thing at a time in a loop that does several.
    private TimeSpan Time(int at, Topology.Block block, double share) => block.Island == 0 ? TimeSpan.Zero
        : TimeSpan.FromTicks(share == 1 ? _numbers[at] : (long)(_numbers[at] * share));

    private static long MeanOf(Island island, IslandTimes times)
    {
        long all = times.Busy + times.Starved + times.Blocked + times.Unthreaded;
        return island is not IWorkers { Unlike: not 0 and var unlike } || all <= unlike ? 0
            : Math.Max(1, (long)(1000.0 * island.Workers * all / (all - unlike)));
    }

    private static (int Place, Seldom What) KeyOf(long key) => ((int)(key >> 3), (Seldom)(key & 7));

    private struct Writer(long[] numbers)
    {
        private int _length = numbers.Length;

        public long[] Numbers { get; private set; } = numbers;

        public void Add(int place, Seldom what, long number)
        {
            if (number == 0)
            {
                return;
            }

            if (_length == Numbers.Length)
            {
                long[] longer = new long[_length + Math.Max(8, _length & ~1)];
                Numbers.CopyTo(longer, 0);
                Numbers = longer;
            }

            Numbers[_length++] = ((long)place << 3) | (long)what;
            Numbers[_length++] = number;
        }
    }
}

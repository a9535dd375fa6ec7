using Pipelines.Execution;

namespace Pipelines;

/// <summary>Puts a plan's topology into the words of a graph.</summary>
internal static class GraphReader
{
    /// <summary>The graph of the run that a report is of.</summary>
    public static PipelineGraph Of(PipelineReport report, long? maxInFlight)
    {
        HashSet<string> known = [.. report.Blocks.Select(block => block.Name)]; // a report that was put together by hand may name others
        return new()
        {
            Blocks = [.. report.Blocks.Select(block =>
                new GraphBlock { Name = block.Name, Kind = block.Kind, Parallelism = block.Parallelism, Ordered = block.Ordered })],
            Links = [.. report.Links.Where(link => known.Contains(link.From) && known.Contains(link.To)).Select(link =>
                new GraphLink { From = link.From, To = link.To, Capacity = link.Capacity })],
            Fusions = [.. report.Fusions.Select(call => new GraphFusion { From = report.Blocks[call.From].Name, To = report.Blocks[call.To].Name })],
            Islands = [.. report.Blocks.Where(block => block.Island > 0).GroupBy(block => block.Island, block => block.Name)
                .Select(island => new GraphIsland { Blocks = [.. island] })],
            MaxInFlight = maxInFlight,
        };
    }

    public static PipelineGraph Read(Plan plan)
    {
        Topology topology = plan.Topology;
        string[] names = topology.Names;
        var blocks = new GraphBlock[names.Length];
        var islands = new List<string>[topology.Islands];
        for (int i = 0; i < blocks.Length; i++)
        {
            Topology.Block block = topology.Blocks[i];
            blocks[i] = new GraphBlock { Name = names[i], Kind = block.Kind, Parallelism = block.Parallelism, Ordered = block.Ordered };
            if (block.Island > 0)
            {
                (islands[block.Island - 1] ??= []).Add(names[i]);
            }
        }

        List<GraphLink> links = [];
        List<GraphFusion> fusions = [];
        int next = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (topology.Blocks[i].IsCalled)
            {
                fusions.Add(new GraphFusion { From = names[i - 1], To = names[i] });
            }

            for (; next < topology.Connections.Length && topology.Connections[next].To == i; next++)
            {
                Add(topology.Connections[next]);
            }
        }

        return new PipelineGraph
        {
            Blocks = blocks,
            Links = links.ToArray(),
            Fusions = fusions.ToArray(),
            Islands = Array.ConvertAll(Array.FindAll(islands, island => island is not null), island => new GraphIsland { Blocks = island.ToArray() }),
            MaxInFlight = topology.MaxInFlight(plan),
        };

        void Add(Topology.Connection connection)
        {
            (string from, string to) = (names[connection.From], names[connection.To]);
            if (connection.IsLink)
            {
                links.Add(new GraphLink { From = from, To = to, Capacity = connection.Bound });
            }
            else
            {
                fusions.Add(new GraphFusion { From = from, To = to });
            }
        }
    }
}

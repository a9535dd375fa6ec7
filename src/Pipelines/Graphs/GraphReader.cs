using Pipelines.Execution;

namespace Pipelines;

/// <summary>Puts a plan's topology into the words of a graph.</summary>
internal static class GraphReader
{
    public static PipelineGraph Read(Topology topology)
    {
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
        foreach (Topology.Connection connection in topology.Connections)
        {
            (string from, string to) = (names[connection.From], names[connection.To]);
            if (connection.IsLink)
            {
                links.Add(new GraphLink { From = from, To = to, Capacity = connection.Capacity });
            }
            else
            {
                fusions.Add(new GraphFusion { From = from, To = to });
            }
        }

        return new PipelineGraph
        {
            Blocks = blocks,
            Links = links.ToArray(),
            Fusions = fusions.ToArray(),
            Islands = Array.ConvertAll(Array.FindAll(islands, island => island is not null), island => new GraphIsland { Blocks = island.ToArray() }),
            MaxInFlight = topology.MaxInFlight,
        };
    }
}

using Pipelines.Execution;

namespace Pipelines;

/// <summary>Reads the graph off a plan.</summary>
internal static class GraphReader
{
    public static PipelineGraph Read(Plan plan)
    {
        PipelineRun run = plan.Run;
        List<GraphBlock> blocks = [];
        List<GraphLink> links = [];
        List<GraphFusion> fusions = [];
        long? inFlight = 0;
        for (BlockRun? block = plan.FirstBlock; block is not null; block = block.Following)
        {
            BlockOptions options = block.Blueprint.Options;
            string name = run.NameOf(block);
            blocks.Add(new GraphBlock { Name = name, Kind = block.Blueprint.Kind, Parallelism = options.Parallelism, Ordered = options.Ordered });
            inFlight = block.HoldsUnknown ? null : inFlight + block.Holds;
            foreach (IOutlet input in block.Inputs)
            {
                string from = run.NameOf(input.Source);
                if (block.LinkFrom(input) is not { } link)
                {
                    fusions.Add(new GraphFusion { From = from, To = name });
                    continue;
                }

                long? capacity = link.Capacity == long.MaxValue ? null : link.Capacity;
                links.Add(new GraphLink { From = from, To = name, Capacity = capacity });
                inFlight += capacity;
            }
        }

        List<GraphIsland> islands = [];
        for (Island? island = plan.FirstIsland; island is not null; island = island.Following)
        {
            List<string> names = [];
            for (BlockRun? block = island.Head; block is not null; block = block.FollowingInIsland)
            {
                names.Add(run.NameOf(block));
            }

            islands.Add(new GraphIsland { Blocks = names });
            inFlight++;
        }

        return new PipelineGraph { Blocks = blocks, Links = links, Fusions = fusions, Islands = islands, MaxInFlight = inFlight };
    }
}

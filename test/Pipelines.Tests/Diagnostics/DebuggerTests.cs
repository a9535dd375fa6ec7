using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Pipelines.Tests.Diagnostics;

/// <summary>What a debugger shows of the things that users hold, found and evaluated as it does: by reflection.</summary>
public sealed class DebuggerTests
{
    private static readonly Pipeline<string> s_open = Pipeline.Range(0, 3).Where(
        x => x > 0, new() { Name = "x > 0" }).Select(x => $"{x}", new() { Name = "text" });

    [Fact]
    public void Display_OpenPipeline_IsTheBlocksSoFar() => Assert.Equal("Range -> x > 0 -> text yields String", Display(s_open));

    [Fact]
    public void Display_ClosedPipeline_IsTheBlocks() =>
        Assert.Equal("Range -> x > 0 -> text -> store", Display(s_open.ForEach(_ => { }, new() { Name = "store" })));

    [Fact]
    public void Display_ManyBlocks_LeavesOutTheMiddle()
    {
        Pipeline<int> pipeline = Pipeline.Range(0, 3);
        for (int i = 0; i < 10; i++)
        {
            pipeline = pipeline.Select(x => x, new() { Name = "same" });
        }

        Assert.Equal("Range -> same -> same #2 -> same #3 -> … 7 more … -> store", Display(pipeline.ForEach(_ => { }, new() { Name = "store" })));
    }

    [Fact]
    public async Task Display_Run_IsItsNameAndHowItStands()
    {
        PipelineRun run = s_open.ForEach(_ => { }).Start(new PipelineOptions { Name = "words" });
        await run.Completion;

        Assert.Equal("words Completed", Display(run));
        Assert.StartsWith("words: completed after ", Display(run.Snapshot()), StringComparison.Ordinal);
    }

    [Fact]
    public void Display_BlockReport_IsItsCounts()
    {
        var block = new BlockReport
        {
            Name = "parse",
            Kind = BlockKind.Transform,
            In = 1204,
            Out = 1190,
            Failed = 3,
            Undelivered = 2,
            Busy = TimeSpan.FromSeconds(3),
            Starved = TimeSpan.FromSeconds(1),
        };

        Assert.Equal("parse  in=1,204 out=1,190 failed=3 undelivered=2 busy=75 %", Display(block));
        Assert.Equal("Range  out=5", Display(new BlockReport { Name = "Range", Kind = BlockKind.Producer, Out = 5 }));
        Assert.Equal("parse -> store  queue=14/256", Display(new LinkReport { From = "parse", To = "store", Waiting = 14, Capacity = 256 }));
        Assert.Equal("parse -> store  queue=14/unbounded", Display(new LinkReport { From = "parse", To = "store", Waiting = 14 }));
    }

    [Fact]
    public void Display_Graph_IsItsSize()
    {
        PipelineGraph graph = Pipeline.Range(0, 3).Select(
            x => x, new() { Parallelism = 4, Ordered = false, Capacity = 8, Name = "pool" }).ForEach(_ => { }, new() { Name = "store" }).Graph;

        Assert.Equal("3 blocks, 1 links, 2 islands, at most 18 in flight", Display(graph));
        Assert.Equal("pool parallelism=4 unordered", Display(graph.Blocks[1]));
        Assert.Equal("Range -> pool  capacity=8", Display(graph.Links[0]));
        Assert.Equal("pool, store", Display(graph.Islands[1]));
        Assert.Equal("pool -> store", Display(graph.Fusions[0]));
    }

    [Fact]
    public void Display_Options_AreWhatIsNotTheDefault()
    {
        Assert.Equal("unnamed", Display(new BlockOptions()));
        Assert.Equal(
            "call parallelism=4 unordered capacity=1,000 timeout=00:00:05",
            Display(new BlockOptions { Name = "call", Parallelism = 4, Ordered = false, Capacity = 1000, Timeout = TimeSpan.FromSeconds(5) }));
        Assert.Equal("words capacity=256", Display(new PipelineOptions { Name = "words" }));
        Assert.Equal("parse: InvalidDataException: bad", Display(new BlockFailure { Block = "parse", Item = 7, Exception = new InvalidDataException("bad") }));
    }

    [Fact]
    public async Task Proxies_OfEachType_ShowTheRows()
    {
        Pipeline pipeline = s_open.Buffer(4).ForEach(_ => { }, new() { Name = "store" });
        PipelineRun run = pipeline.Start();
        PipelineReport report = await run.Completion;

        Assert.Equal(["Range", "x > 0", "text"], Assert.IsType<GraphBlock[]>(Proxy(s_open)["Blocks"]).Select(block => block.Name));
        Assert.Equal(["Blocks", "Islands", "Links", "MaxInFlight"], Proxy(pipeline).Keys.Order());
        Assert.Equal(5, Assert.IsType<BlockReport[]>(Proxy(run)["Blocks"]).Length);
        Assert.Single(Assert.IsType<LinkReport[]>(Proxy(run)["Links"]));
        Assert.Equal(report.Bottleneck, Proxy(report)["Bottleneck"]);
    }

    // A branch has no source of its own; in the middle of building one, a debugger shows it all the same.
    [Fact]
    public void Display_BranchBeingBuilt_DoesNotThrow()
    {
        string? seen = null;
        _ = Pipeline.Range(0, 3).Tee(branch =>
        {
            seen = Display(branch.Select(x => x, new() { Name = "inside" }));
            return branch.ForEach(_ => { });
        });

        Assert.Equal("inside yields Int32", seen);
    }

    private static string Display(object value)
    {
        DebuggerDisplayAttribute attribute = Assert.Single(value.GetType().GetCustomAttributes<DebuggerDisplayAttribute>());
        Assert.Equal("{DebuggerDisplay,nq}", attribute.Value);
        return Assert.IsType<string>(value.GetType().GetProperty("DebuggerDisplay", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(value));
    }

    [SuppressMessage("Trimming", "IL2055", Justification = "A debugger does the same.")]
    private static Dictionary<string, object?> Proxy(object value)
    {
        DebuggerTypeProxyAttribute attribute = Assert.Single(value.GetType().GetCustomAttributes<DebuggerTypeProxyAttribute>());
        Type type = Type.GetType(attribute.ProxyTypeName, throwOnError: true)!;
        object proxy = Activator.CreateInstance(type.IsGenericTypeDefinition ? type.MakeGenericType(value.GetType().GetGenericArguments()) : type, value)!;
        return proxy.GetType().GetProperties().ToDictionary(property => property.Name, property => property.GetValue(proxy));
    }
}

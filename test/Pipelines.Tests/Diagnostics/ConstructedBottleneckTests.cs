namespace Pipelines.Tests.Diagnostics;

/// <summary>The sentence on reports that were put together by hand: what no simulation in one thread can show, and what it does not say.</summary>
public sealed class ConstructedBottleneckTests
{
    [Fact]
    public void Bottleneck_ExampleOfTheDocumentation_ReadsLikeThat() => AssertSentence(
        "Bottleneck: EnrichAsync (4/4 workers busy 97 %); ReadLines waits for it 61 % of the time.",
        Block("ReadLines", 1, busy: 39, blocked: 61),
        Block("EnrichAsync", 2, busy: 97, starved: 3) with { Parallelism = 4 },
        Block("store", 3, busy: 20, starved: 80));

    [Fact]
    public void Bottleneck_WorkersWaitForWhatIsFusedBehindThem_SaysSo() => AssertSentence(
        "Bottleneck: EnrichAsync and store (one loop, 1/4 workers busy 27 %, the others wait for their results to be passed on); ReadLines waits for it 65 % of the time.",
        Block("ReadLines", 1, busy: 35, blocked: 65),
        Block("EnrichAsync", 2, busy: 27, blocked: 73) with { Parallelism = 4 },
        Block("store", 2, busy: 27, blocked: 73));

    [Fact]
    public void Bottleneck_PoolWaitsForRoomDownstream_IsDownstream() => AssertSentence(
        "Bottleneck: store (busy 99 %); EnrichAsync waits for it 70 % of the time.",
        Block("ReadLines", 1, busy: 35, blocked: 65),
        Block("EnrichAsync", 2, busy: 30, blocked: 70) with { Parallelism = 4 },
        Block("store", 3, busy: 99, starved: 1));

    [Fact]
    public void Bottleneck_BothAreBusyAndOneDrops_IsTheOneThatDrops() => AssertSentence(
        "Bottleneck: Buffer and store (one loop, busy 100 %).",
        Block("sensor", 1, busy: 100),
        Block("Buffer", 2, busy: 100) with { Dropped = 1000 },
        Block("store", 2, busy: 100));

    [Fact]
    public void Bottleneck_MachineIsTooSmallForAll_IsTheOneThatOthersWaitFor() => AssertSentence(
        "Bottleneck: parse (busy 97 %); read waits for it 9 % of the time.",
        Block("read", 1, busy: 91, blocked: 9),
        Block("parse", 2, busy: 97, starved: 1, blocked: 2),
        Block("store", 3, busy: 98, starved: 2));

    [Fact]
    public void Bottleneck_ProducerEndedLongAgo_IsNotTheOneThatWasBusyAllItsLife() => AssertSentence(
        "Bottleneck: store (busy 60 %); read waits for it 1 % of the time.",
        Block("read", 1, busy: 5, blocked: 1),
        Block("store", 2, busy: 60, starved: 40));

    [Fact]
    public void Bottleneck_ReaderOutsideIsSlow_IsOutside() => AssertSentence(
        "Bottleneck: whoever reads ToChannelReader; parse waits for it 88 % of the time.",
        Block("read", 1, busy: 3, blocked: 97),
        Block("parse", 2, busy: 10, starved: 2, blocked: 88),
        Block("ToChannelReader", 0));

    [Fact]
    public void Bottleneck_ReaderOutsideIsQuick_IsInside() => AssertSentence(
        "Bottleneck: parse (busy 95 %); read waits for it 80 % of the time.",
        Block("read", 1, busy: 20, blocked: 80),
        Block("parse", 2, busy: 95, starved: 2, blocked: 3),
        Block("ToChannelReader", 0));

    [Fact]
    public void Bottleneck_PoolOfTenThirdsUsed_SaysHowManyWorkers() => AssertSentence(
        "Bottleneck: call (3/10 workers busy 33 %); source waits for it 9 % of the time.",
        Block("source", 1, busy: 1, blocked: 9),
        Block("call", 2, busy: 33, starved: 67) with { Parallelism = 10 });

    [Fact]
    public void Bottleneck_NamesWithMarksOfTheirOwn_AreLeftAlone() => AssertSentence(
        "Bottleneck: x => x > 3 ? \"a; b\" : \"(c)\" (busy 50 %).",
        Block("x => x > 3 ? \"a; b\" : \"(c)\"", 1, busy: 50));

    [Fact]
    public void Bottleneck_NoTimesAndNoBlocks_IsNull()
    {
        Assert.Null(Report().Bottleneck);
        Assert.Null(Report(Block("idle", 1)).Bottleneck);
        Assert.Null((Report(Block("busy", 1, busy: 5)) with { Elapsed = TimeSpan.Zero }).Bottleneck);
    }

    // Shares in per cent of 100 s, of each worker.
    private static BlockReport Block(string name, int island, int busy = 0, int starved = 0, int blocked = 0) => new()
    {
        Name = name,
        Kind = island switch { 1 => BlockKind.Producer, 2 => BlockKind.Transform, _ => BlockKind.Consumer },
        Island = island,
        Busy = TimeSpan.FromSeconds(busy),
        Starved = TimeSpan.FromSeconds(starved),
        Blocked = TimeSpan.FromSeconds(blocked),
    };

    private static PipelineReport Report(params BlockReport[] blocks) => new()
    {
        Outcome = RunOutcome.Running,
        Elapsed = TimeSpan.FromSeconds(100),
        Blocks = [.. blocks.Select(block => block with { Busy = block.Busy * block.Parallelism, Starved = block.Starved * block.Parallelism, Blocked = block.Blocked * block.Parallelism })],
    };

    private static void AssertSentence(string expected, params BlockReport[] blocks) => Assert.Equal(expected, Report(blocks).Bottleneck);
}

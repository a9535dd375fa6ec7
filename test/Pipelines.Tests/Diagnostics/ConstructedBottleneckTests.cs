namespace Pipelines.Tests.Diagnostics;

/// <summary>The sentence on reports that were put together by hand: what no simulation in one thread can show, and what it does not say.</summary>
public sealed class ConstructedBottleneckTests
{
    [Fact]
    public void Bottleneck_ExampleOfTheDocumentation_ReadsLikeThat() => AssertSentence(
        "Bottleneck: EnrichAsync (4/4 workers busy 97 %); ReadLines waits for it 61 % of the time.",
        Block("ReadLines", 1, busy: 39, blocked: 61),
        Block("EnrichAsync", 2, busy: 97, starved: 3, parallelism: 4),
        Block("store", 3, busy: 20, starved: 80));

    // That the pool was to get more room or no order was no help: what runs behind it runs one at a time whatever the pool does.
    [Fact]
    public void Bottleneck_WorkersWaitForWhatIsFusedBehindThem_NamesThat() => AssertSentence(
        "Bottleneck: store runs one item at a time behind the pool EnrichAsync (1/4 workers busy 27 %, the others wait for their results to be passed on); "
        + "ReadLines waits for it 65 % of the time.",
        Block("ReadLines", 1, busy: 35, blocked: 65),
        Block("EnrichAsync", 2, busy: 27, blocked: 73, parallelism: 4),
        Block("store", 2, busy: 27, blocked: 73));

    [Fact]
    public void Bottleneck_WorkersWaitForWhatIsKnownToTakeItsTime_NamesThat() => AssertSentence(
        "Bottleneck: Where … store run one item at a time behind the pool EnrichAsync (1/4 workers busy 27 %, the others wait for their results to be " +
        "passed on).",
        Block("EnrichAsync", 2, busy: 27, blocked: 73, passing: 97, parallelism: 4),
        Block("Where", 2, busy: 27, blocked: 73),
        Block("Do", 2, busy: 27, blocked: 73),
        Block("store", 2, busy: 27, blocked: 73));

    [Fact]
    public void Bottleneck_SerialBlockBehindThePoolIsBusyAllTheTimeAndNoWorkerWaits_NamesThat() => AssertSentence(
        "Bottleneck: store runs one item at a time behind the pool EnrichAsync (2/2 workers busy 98 %).",
        Block("EnrichAsync", 2, busy: 98, blocked: 2, passing: 96, parallelism: 2),
        Block("store", 2, busy: 98, blocked: 2));

    // Hardly anything is done behind the pool: so it is one slow item that the others wait for.
    [Fact]
    public void Bottleneck_OneSlowItemHoldsUpTheOthers_SaysWhatHelps() => AssertSentence(
        "Bottleneck: EnrichAsync and store (one loop, 1/4 workers busy 27 %, the others wait for their results to be passed on: raise Capacity or set " +
        "Ordered = false).",
        Block("EnrichAsync", 2, busy: 27, blocked: 73, passing: 3, parallelism: 4),
        Block("store", 2, busy: 27, blocked: 73));

    [Fact]
    public void Bottleneck_WorkersWaitAndThereIsNoOrder_DoesNotAdviseToGiveItUp() => AssertSentence(
        "Bottleneck: EnrichAsync (1/4 workers busy 27 %, the others wait for their results to be passed on).",
        Block("EnrichAsync", 2, busy: 27, blocked: 73, parallelism: 4, ordered: false));

    [Fact]
    public void Bottleneck_WorkersWaitForRoomDownstreamToo_GivesNoAdvice() => Assert.DoesNotContain(
        "Capacity",
        Report(Block("EnrichAsync", 2, busy: 27, blocked: 73, parallelism: 4), Block("store", 3, busy: 98, starved: 2)).Bottleneck,
        StringComparison.Ordinal);

    // Six of 64 executed, and the sentence said "52/64 workers busy 81 %".
    [Fact]
    public void Bottleneck_ThreadsAreShort_SaysSo() => AssertSentence(
        "Bottleneck: work (6/64 workers busy 9 %, waits for a thread 72 % of the time: the thread pool is short of threads); source waits for it 60 % of " +
        "the time.",
        Block("source", 1, busy: 5, blocked: 60),
        Block("work", 2, busy: 9, starved: 19, unthreaded: 72, parallelism: 64));

    [Fact]
    public void Bottleneck_ThreadsAreShortForOneLoop_SaysSo() => AssertSentence(
        "Bottleneck: parse and store (one loop, busy 20 %, waits for a thread 79 % of the time: the thread pool is short of threads).",
        Block("parse", 2, busy: 20, starved: 1, unthreaded: 79),
        Block("store", 2, busy: 20, starved: 1, unthreaded: 79));

    [Fact]
    public void Bottleneck_EverythingWaitsForATimer_IsNull() => Assert.Null(
        Report(Block("Interval", 1, busy: 1, starved: 99, keepsTime: true), Block("store", 2, busy: 3, starved: 97)).Bottleneck);

    [Fact]
    public void Bottleneck_BehindATimer_IsTheBlockThatDoesNotKeepUp() => AssertSentence(
        "Bottleneck: store (busy 98 %); Interval waits for it 97 % of the time.",
        Block("Interval", 1, busy: 3, blocked: 97, keepsTime: true),
        Block("store", 2, busy: 98, starved: 2));

    [Fact]
    public void Bottleneck_FusedBehindATimer_IsNamedWithoutIt() => AssertSentence(
        "Bottleneck: store (one loop, busy 98 %).",
        Block("Interval", 1, busy: 98, starved: 2, keepsTime: true),
        Block("store", 1, busy: 98, starved: 2));

    [Fact]
    public void Bottleneck_PoolWaitsForRoomDownstream_IsDownstream() => AssertSentence(
        "Bottleneck: store (busy 99 %); EnrichAsync waits for it 70 % of the time.",
        Block("ReadLines", 1, busy: 35, blocked: 65),
        Block("EnrichAsync", 2, busy: 30, blocked: 70, parallelism: 4),
        Block("store", 3, busy: 99, starved: 1));

    [Fact]
    public void Bottleneck_BothAreBusyAndOneDrops_IsTheOneThatDrops() => AssertSentence(
        "Bottleneck: Buffer and store (one loop, busy 100 %).",
        Block("sensor", 1, busy: 100),
        Block("Buffer", 2, busy: 100, dropped: 1000),
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
        Block("call", 2, busy: 33, starved: 67, parallelism: 10));

    [Fact]
    public void Bottleneck_NamesWithMarksOfTheirOwn_AreLeftAlone() => AssertSentence(
        "Bottleneck: x => x > 3 ? \"a; b\" : \"(c)\" (busy 50 %).",
        Block("x => x > 3 ? \"a; b\" : \"(c)\"", 1, busy: 50));

    [Fact]
    public void Bottleneck_NoTimesAndNoBlocks_IsNull()
    {
        Assert.Null(Report().Bottleneck);
        Assert.Null(Report(Block("idle", 1)).Bottleneck);
        Assert.Null(new PipelineReport { Outcome = RunOutcome.Running, Elapsed = TimeSpan.Zero, Blocks = [Block("busy", 1, busy: 5)] }.Bottleneck);
    }

    // Shares in per cent of 100 s, of each worker.
    private static BlockReport Block(
        string name,
        int island,
        int busy = 0,
        int starved = 0,
        int blocked = 0,
        int unthreaded = 0,
        int passing = 0,
        int parallelism = 1,
        int dropped = 0,
        bool ordered = true,
        bool keepsTime = false) => new()
        {
            Name = name,
            Kind = island switch { 1 => BlockKind.Producer, 2 => BlockKind.Transform, _ => BlockKind.Consumer },
            Island = island,
            Parallelism = parallelism,
            Ordered = ordered,
            KeepsTime = keepsTime,
            Busy = TimeSpan.FromSeconds(busy * parallelism),
            Starved = TimeSpan.FromSeconds(starved * parallelism),
            Blocked = TimeSpan.FromSeconds(blocked * parallelism),
            Unthreaded = TimeSpan.FromSeconds(unthreaded * parallelism),
            Passing = TimeSpan.FromSeconds(passing), // of which there is one at a time
            Dropped = dropped,
        };

    private static PipelineReport Report(params BlockReport[] blocks) => new()
    {
        Outcome = RunOutcome.Running,
        Elapsed = TimeSpan.FromSeconds(100),
        Blocks = blocks,
    };

    private static void AssertSentence(string expected, params BlockReport[] blocks) => Assert.Equal(expected, Report(blocks).Bottleneck);
}

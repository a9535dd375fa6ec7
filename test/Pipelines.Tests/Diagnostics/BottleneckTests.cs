using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Diagnostics;

/// <summary>Pipelines with one known bottleneck, in simulated time: the sentence must name it, and whom it keeps waiting.</summary>
public sealed class BottleneckTests
{
    private const int Items = 200;

    private readonly SimulatedRun _simulated = new();

    [Fact]
    public void Bottleneck_SlowProducer_IsNamed() => AssertSentence(
        "Bottleneck: source (busy 100 %); store waits for it 100 % of the time.",
        Pipeline.From(_simulated.Items(Items, 10), new() { Name = "source" }).ForEachAsync(_ => default(ValueTask), expression: "store"));

    [Fact]
    public void Bottleneck_SlowFirstBlock_IsNamed() => AssertSentence(
        "Bottleneck: slow (busy 100 %); Range waits for it 9* % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(10, x), expression: "slow").SelectAsync(x => _simulated.After(2, x), expression: "quick")
            .ForEachAsync(x => _simulated.After(1, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowMiddleBlock_IsNamed() => AssertSentence(
        "Bottleneck: slow (busy 100 %); quick waits for it 7* % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(2, x), expression: "quick").SelectAsync(x => _simulated.After(10, x), expression: "slow")
            .ForEachAsync(x => _simulated.After(5, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowLastBlock_IsNamed() => AssertSentence(
        "Bottleneck: slow (busy 99 %); b waits for it 6* % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(5, x), expression: "a").SelectAsync(x => _simulated.After(3, x), expression: "b")
            .SelectAsync(x => _simulated.After(10, x), expression: "slow").ForEachAsync(x => _simulated.After(5, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowConsumer_IsNamed() => AssertSentence(
        "Bottleneck: store (busy 100 %); quick waits for it 79 % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(2, x), expression: "quick").ForEachAsync(x => _simulated.After(10, x), expression: "store"));

    [Fact]
    public void Bottleneck_PoolTooSmall_IsNamedWithItsWorkers() => AssertSentence(
        "Bottleneck: EnrichAsync (4/4 workers busy 9* %); source waits for it 4* % of the time.",
        Pipeline.From(_simulated.Items(Items, 5), new() { Name = "source" }).SelectAsync(x => _simulated.After(40, x), new() { Parallelism = 4 }, "EnrichAsync")
            .ForEachAsync(x => _simulated.After(2, x), expression: "store"));

    [Fact]
    public void Bottleneck_PoolLargeEnough_IsNotThePool() => AssertSentence(
        "Bottleneck: source (busy 98 %); EnrichAsync and store wait for it 51 % of the time.",
        Pipeline.From(_simulated.Items(Items, 10), new() { Name = "source" }).SelectAsync(
            x => _simulated.After(40, x), new() { Parallelism = 8 }, "EnrichAsync").ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_PoolLargeEnoughAndSlowConsumer_IsTheConsumer() => AssertSentence(
        "Bottleneck: store (busy 100 %); EnrichAsync … b wait for it * % of the time.",
        Pipeline.Range(0, Items)
            .SelectAsync(x => _simulated.After(10, x), new() { Parallelism = 4 }, "EnrichAsync")
            .Where(_ => true, new() { Name = "a" })
            .Where(_ => true, new() { Name = "b" })
            .ForEachAsync(x => _simulated.After(10, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowBlockFusedBehindPool_IsNamed() => AssertSentence(
        "Bottleneck: store runs one item at a time behind the pool EnrichAsync (*/4 workers busy * %*); Range waits for it * % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(3, x), new() { Parallelism = 4 }, "EnrichAsync")
            .ForEach(_ => _simulated.Time.Advance(TimeSpan.FromMilliseconds(20)), new() { Name = "store" }));

    [Fact]
    public void Bottleneck_OneItemKeepsThePoolFromPassingOn_SaysWhatHelps() => AssertSentence(
        "Bottleneck: EnrichAsync (1/4 workers busy 26 %, the others wait for their results to be passed on: raise Capacity or set Ordered = false); Range " +
        "waits for it 100 % of the time.",
        Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(x == 3 ? 5000 : 1, x), new() { Parallelism = 4 }, "EnrichAsync").ForEachAsync(
            _ => default(ValueTask), expression: "store"));

    [Fact]
    public void Bottleneck_SlowTeeBranch_IsNamed() => AssertSentence(
        "Bottleneck: audit (busy * %); Range … store wait for it * % of the time.",
        Pipeline.Range(0, Items).Tee(
            branch => branch.ForEachAsync(x => _simulated.After(10, x), expression: "audit")).ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_SlowLineBehindTee_IsNamed() => AssertSentence(
        "Bottleneck: store (busy 100 %); Range and Tee wait for it 9* % of the time.",
        Pipeline.Range(0, Items).Tee(branch => branch.ForEachAsync(x => _simulated.After(1, x), expression: "audit")).ForEachAsync(
            x => _simulated.After(10, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowWhenBranch_IsNamed() => AssertSentence(
        "Bottleneck: odd (busy * %); source and odd? wait for it * % of the time.",
        Pipeline.From(_simulated.Items(Items, 2), new() { Name = "source" })
            .When(x => x % 2 == 1, branch => branch.ForEachAsync(x => _simulated.After(10, x), expression: "odd"), new() { Name = "odd?" })
            .ForEachAsync(x => _simulated.After(3, x), expression: "even"));

    [Fact]
    public void Bottleneck_SlowInputOfZip_IsNamed() => AssertSentence(
        "Bottleneck: slow (busy * %); Zip and store wait for it * % of the time.",
        Pipeline.Zip(Pipeline.From(_simulated.Items(Items, 10), new() { Name = "slow" }), Pipeline.From(_simulated.Items(Items, 1), new() { Name = "quick" }))
            .ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_SlowSecondInputOfZip_IsNamed() => AssertSentence(
        "Bottleneck: slow (busy * %); Zip and store wait for it * % of the time.",
        Pipeline.Zip(
            Pipeline.Range(0, Items).SelectAsync(x => _simulated.After(1, x), new() { Parallelism = 2 }, "quick"),
            Pipeline.From(_simulated.Items(Items, 10), new() { Name = "slow" })).ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_SlowConsumerBehindMerge_IsNamed() => AssertSentence(
        "Bottleneck: store (busy * %); Merge waits for it * % of the time.",
        Pipeline.Merge(Pipeline.From(_simulated.Items(Items, 10), new() { Name = "a" }), Pipeline.From(_simulated.Items(Items, 10), new() { Name = "b" }))
            .ForEachAsync(x => _simulated.After(9, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowInputOfMerge_IsNamedAndNotTheOneThatEndedEarly() => AssertSentence(
        "Bottleneck: slow (busy 100 %); Merge and store wait for it 100 % of the time.",
        Pipeline.Merge(Pipeline.From(_simulated.Items(20, 1), new() { Name = "quick" }), Pipeline.From(_simulated.Items(Items, 10), new() { Name = "slow" }))
            .ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_HotLane_IsNamed() => AssertSentence(
        "Bottleneck: work (busy * %); Range and key wait for it * % of the time.",
        Pipeline.Range(0, Items).Partition(_ => 0, 3, lane => lane.SelectAsync(x => _simulated.After(10, x), expression: "work"), expression: "key")
            .ForEach(_ => { }, new() { Name = "store" }));

    [Fact]
    public void Bottleneck_SlowProduce_IsNamed() => AssertSentence(
        "Bottleneck: produce (busy * %); store waits for it 100 % of the time.",
        Pipeline.Produce<int>(ProduceAsync, new() { Name = "produce" }).ForEachAsync(_ => default(ValueTask), expression: "store"));

    [Fact]
    public void Bottleneck_SlowTransform_IsNamed() => AssertSentence(
        "Bottleneck: transform (busy 100 %); Range waits for it 98 % of the time.",
        Pipeline.Range(0, Items).Transform<int>(TransformAsync, new() { Name = "transform" }).ForEachAsync(x => _simulated.After(4, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowConsumerBehindTransform_IsNamed() => AssertSentence(
        "Bottleneck: store (busy 100 %); transform waits for it 4* % of the time.",
        Pipeline.From(_simulated.Items(Items, 1), new() { Name = "source" }).Transform<int>(TransformAsync, new() { Name = "transform" }).ForEachAsync(
            x => _simulated.After(20, x), expression: "store"));

    [Fact]
    public void Bottleneck_SlowConsume_IsNamed() => AssertSentence(
        "Bottleneck: consume (busy 100 %); source waits for it 89 % of the time.",
        Pipeline.From(_simulated.Items(Items, 1), new() { Name = "source" }).Consume(ConsumeAsync, new() { Name = "consume" }));

    [Fact]
    public void Bottleneck_SlowSourceBehindConsume_IsTheSource() => AssertSentence(
        "Bottleneck: source (busy 100 %); consume waits for it 67 % of the time.",
        Pipeline.From(_simulated.Items(Items, 30), new() { Name = "source" }).Consume(ConsumeAsync, new() { Name = "consume" }));

    [Fact]
    public void Bottleneck_DroppingBufferHidesSlowConsumer_IsTheConsumer() => AssertSentence(
        "Bottleneck: store (busy 100 %).",
        Pipeline.From(_simulated.Items(Items, 1), new() { Name = "source" }).Buffer(4, BoundedChannelFullMode.DropOldest)
            .ForEachAsync(x => _simulated.After(3, x), expression: "store"));

    [Fact]
    public void Bottleneck_EverythingIsOneLoop_NamesTheLoop() => AssertSentence(
        "Bottleneck: Range … store (one loop, busy 100 %).",
        Pipeline.Range(0, Items).Where(_ => true, new() { Name = "where" }).ForEach(
            _ => _simulated.Time.Advance(TimeSpan.FromMilliseconds(3)), new() { Name = "store" }));

    [Fact]
    public void Bottleneck_ChannelBehindTheSourceIsEmpty_IsOutside()
    {
        var channel = Channel.CreateUnbounded<int>();
        PipelineRun run = _simulated.Start(
            Pipeline.From(channel.Reader, new() { Name = "orders" }).SelectAsync(x => _simulated.After(1, x), expression: "quick").ForEach(_ => { }));
        for (int i = 0; i < 50; i++)
        {
            channel.Writer.TryWrite(i);
            _simulated.Pass(20);
        }

        AssertLike("Bottleneck: whatever feeds orders, which waits for input 100 % of the time.", run.Snapshot());
        run.Abort();
        _simulated.Settle();
    }

    [Fact]
    public void Bottleneck_DataflowBlockBehindTheSourceIsSilent_IsOutside()
    {
        var block = new BufferBlock<int>();
        PipelineRun run = _simulated.Start(Pipeline.From(block, new() { Name = "orders" }).ForEach(_ => { }, new() { Name = "store" }));
        _simulated.Pass(100);

        AssertLike("Bottleneck: whatever feeds orders, which waits for input 100 % of the time.", run.Snapshot());
        run.Abort();
        _simulated.Settle();
    }

    [Fact]
    public void Bottleneck_ObservableBehindTheSourceIsSilent_IsOutside()
    {
        PipelineRun run = _simulated.Start(Pipeline.From(new Silence(), expression: "clicks").ForEach(_ => { }, new() { Name = "store" }));
        _simulated.Pass(100);

        AssertLike("Bottleneck: whatever feeds clicks * waits for input 100 % of the time.", run.Snapshot());
        run.Abort();
        _simulated.Settle();
    }

    [Fact]
    public void Bottleneck_ReaderOutsideIsSlow_IsOutside()
    {
        ChannelReader<int> reader = _simulated.Read(Pipeline.From(_simulated.Items(Items, 1), new() { Name = "source" }), out PipelineRun run);
        for (int i = 0; i < 50; i++)
        {
            _simulated.Pass(10);
            reader.TryRead(out _);
        }

        AssertLike("Bottleneck: whoever reads ToChannelReader; source waits for it 9* % of the time.", run.Snapshot());
        run.Abort();
        _simulated.Pass(2);
    }

    [Fact]
    public void Bottleneck_SteadyPipeline_SaysTheSameFromSecondToSecond()
    {
        PipelineRun run = _simulated.Start(Pipeline.From(_simulated.Items(int.MaxValue, 7), new() { Name = "source" })
            .SelectAsync(x => _simulated.After(40, x), new() { Parallelism = 5 }, "EnrichAsync").ForEachAsync(x => _simulated.After(6, x), expression: "store"),
            capacity: 8);
        _simulated.Pass(2000);
        for (int second = 0; second < 10; second++)
        {
            _simulated.Pass(1000);
            AssertLike("Bottleneck: EnrichAsync (5/5 workers busy * %); source waits for it 1* % of the time.", run.Snapshot());
        }

        run.Abort();
        _simulated.Pass(100);
    }

    [Fact]
    public void Bottleneck_NothingHasHappened_IsNull()
    {
        PipelineReport report = _simulated.Start(Pipeline.Range(0, 10).ForEach(_ => { })).Snapshot();

        Assert.Null(report.Bottleneck);
        Assert.DoesNotContain("Bottleneck", report.ToString());
        _simulated.Settle();
    }

    private sealed class Silence : IObservable<int>, IDisposable
    {
        public IDisposable Subscribe(IObserver<int> observer) => this;

        public void Dispose()
        {
        }
    }

    private async Task ProduceAsync(ChannelWriter<int> writer, CancellationToken token)
    {
        for (int i = 0; i < Items; i++)
        {
            await writer.WriteAsync(await _simulated.After(10, i, token), token);
        }
    }

    private async Task TransformAsync(ChannelReader<int> reader, ChannelWriter<int> writer, CancellationToken token)
    {
        await foreach (int item in reader.ReadAllAsync(token))
        {
            await writer.WriteAsync(await _simulated.After(10, item, token), token);
        }
    }

    private async Task ConsumeAsync(ChannelReader<int> reader, CancellationToken token)
    {
        await foreach (int item in reader.ReadAllAsync(token))
        {
            await _simulated.After(10, item, token);
        }
    }

    private void AssertSentence(string expected, Pipeline pipeline)
    {
        PipelineReport report = _simulated.ToItsEnd(pipeline);
        AssertLike(expected, report);
        Assert.Contains(report.Bottleneck!, report.ToString(), StringComparison.Ordinal);
    }

    // In the expected sentence * stands for anything: the exact share depends on how the run begins and ends.
    internal static void AssertLike(string expected, PipelineReport report)
    {
        string pattern = "^" + string.Join(".*", expected.Split('*').Select(System.Text.RegularExpressions.Regex.Escape)) + (expected.EndsWith('*') ? "" : "$");
        Assert.True(System.Text.RegularExpressions.Regex.IsMatch(report.Bottleneck ?? "", pattern), $"{report}\nexpected {expected}");
    }
}

namespace Pipelines.Tests.Blocks;

/// <summary>What a report says of a block's items, against what is counted in front of it and behind it by code that knows nothing of the report.</summary>
/// <remarks>
/// The output of a block that passes on one item for each that it takes is computed, as what is left of its input. So an item that was lost, or passed on
/// twice,
/// would still add up, one block later: only that what comes out is counted shows it.
/// </remarks>
public sealed class ConservationTests
{
    private const int Items = 200;

    // Where it says drain, what is in front of the failed item is delivered; where it says behind, or far behind, it is not the block that fails.
    private static readonly string[] s_endings =
    [
        "end", "fail", "abort", "stop", "fail, drain", "fail behind", "fail behind, drain", "fail far behind", "fail far behind, drain",
    ];

    private int _in;
    private int _out;
    private int _undelivered;

    public static TheoryData<BlockCase, string> InLine()
    {
        var data = new TheoryData<BlockCase, string>();
        foreach (BlockCase block in BlockCases.List.Where(one => one is { InLine: true, EndsEarly: false }))
        {
            foreach (string ending in s_endings.Where(ending => block.CanFail || ending is not ("fail" or "fail, drain")))
            {
                data.Add(block, ending);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(InLine))]
    public async Task Counts_OfEveryBlock_AreWhatGoesInAndComesOut(BlockCase block, string ending)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            (_in, _out, _undelivered) = (0, 0, 0);
            var end = new Ending(ending);
            Pipeline<int> applied = block.Apply(
                end.Source().Do(_ => _in++, new() { Name = "before" }), end.See);
            Pipeline pipeline = end.Far(applied).Do(_ => end.SeeBehind(++_out), new() { Name = "behind" }).ForEach(_ => end.Consumed());

            PipelineReport report = await end.RunAsync(pipeline, new() { Capacity = capacity, OnUndelivered = _ => _undelivered++ });

            int behind = report.Blocks.ToList().FindIndex(row => row.Name == "behind");
            string context = $"capacity {capacity}, {_in} went in, {_out} came out\n{report}";
            Conservation.AssertHoldsInLine(report, context);
            Assert.True(report.Blocks[2].In == _in, context);
            Assert.True(report.Blocks[behind - 1].Out == _out + report.Blocks[behind].Undelivered, context);
            Assert.True(report.Undelivered == _undelivered, context);
        }
    }

    public static TheoryData<string, string> Flattenings()
    {
        var data = new TheoryData<string, string>();
        foreach (string ending in s_endings)
        {
            data.Add("SelectMany", ending);
            data.Add("SelectManyAsync", ending);
            data.Add("SelectMany 3 at once", ending);
            data.Add("3 at once", ending);
            data.Add("3 at once, unordered", ending);
        }

        return data;
    }

    // Each item has come to the end of its sequence, has failed or is given back, and each item of a sequence has gone on or is given back.
    [Theory]
    [MemberData(nameof(Flattenings))]
    public Task Counts_OfFlattenings_AddUpInTheUnitsOfEitherSide(string block, string ending) => AssertFlatteningAsync(block, ending);

    private async Task AssertFlatteningAsync(string block, string ending)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            int finished = 0;
            int yielded = 0;
            int itemsBack = 0;
            int partsBack = 0;
            (_in, _out) = (0, 0);
            var end = new Ending(ending);
            Pipeline<Item> before = end.Source().Select(x => new Item(x), expression: "item").Do(_ => _in++, new() { Name = "before" });
            Pipeline<Part> flat = block switch
            {
                "SelectMany" => before.SelectMany(Parts, new() { Name = "flatten" }),
                "SelectMany 3 at once" => before.SelectMany(Parts, new() { Name = "flatten", Parallelism = 3 }),
                "SelectManyAsync" => before.SelectManyAsync(PartsAsync, new() { Name = "flatten" }),
                "3 at once" => before.SelectManyAsync(PartsAsync, new() { Name = "flatten", Parallelism = 3 }),
                _ => before.SelectManyAsync(PartsAsync, new() { Name = "flatten", Parallelism = 3, Ordered = false }),
            };

            PipelineReport report = await end.RunAsync(
                end.Far(flat).Do(_ => end.SeeBehind(++_out), new() { Name = "behind" }).ForEach(_ => end.Consumed()),
                new() { Capacity = capacity, OnUndelivered = item => GivenBack(item.Item) });

            BlockReport row = report.Blocks.Single(one => one.Name == "flatten");
            string context = $"capacity {capacity}, {_in} in, {finished} finished, {itemsBack} back; {yielded} yielded, {_out} out, {partsBack} back\n{report}";
            long lostBehind = report.Blocks.SkipWhile(one => one != row).Skip(1).TakeWhile(one => one.Kind != BlockKind.Consumer).Sum(one => one.Undelivered);
            Assert.True(row.In == _in && row.Out == _out + lostBehind, context);
            Assert.True(_in == finished + row.Failed + itemsBack, context);
            Assert.True(yielded == _out + partsBack, context);
            Assert.True(report.Undelivered == itemsBack + partsBack, context);

            void GivenBack(object? item)
            {
                itemsBack += item is Item ? 1 : 0;
                partsBack += item is Part ? 1 : 0;
            }

            IEnumerable<Part> Parts(Item item)
            {
                for (int i = 0; i < item.Number % 4; i++)
                {
                    end.See(item.Number);
                    Interlocked.Increment(ref yielded);
                    yield return new Part(item.Number, i);
                }

                end.See(item.Number);
                Interlocked.Increment(ref finished);
            }

            async IAsyncEnumerable<Part> PartsAsync(Item item)
            {
                foreach (Part part in Parts(item))
                {
                    await Task.Yield();
                    yield return part;
                }
            }
        }
    }

    public static TheoryData<string, string> Batches()
    {
        var data = new TheoryData<string, string>();
        foreach (string block in (string[])["size", "age", "natural", "weight"])
        {
            foreach (string ending in s_endings.Where(ending => block == "weight" || ending is not ("fail" or "fail, drain")))
            {
                data.Add(block, ending);
            }
        }

        return data;
    }

    // Each item is in a batch that has come out, or is given back by itself, or has failed.
    [Theory]
    [MemberData(nameof(Batches))]
    public async Task Counts_OfBatches_AddUpInItems(string block, string ending)
    {
        foreach (int capacity in (int[])[1, 2, 256])
        {
            int inBatches = 0;
            int batchesBack = 0;
            (_in, _out) = (0, 0);
            var end = new Ending(ending);
            Pipeline<int> before = end.Source().Do(_ => _in++, new() { Name = "before" });
            Pipeline<int[]> batches = block switch
            {
                "size" => before.Batch(7),
                "age" => before.Batch(7, TimeSpan.FromHours(1)),
                "natural" => before.Batch(7, TimeSpan.Zero),
                _ => before.Batch(20, x => end.See(x, x % 30)),
            };

            PipelineReport report = await end.RunAsync(
                end.Far(batches).Do(
                    batch =>
                    {
                        inBatches += batch.Length;
                        end.SeeBehind(++_out);
                    },
                    new() { Name = "behind" }).ForEach(_ => end.Consumed()),
                new() { Capacity = capacity, OnUndelivered = item => GivenBack(item.Item) });

            BlockReport row = report.Blocks[2];
            string context = $"capacity {capacity}, {_in} in, {_out} batches of {inBatches} out, {batchesBack} back\n{report}";
            Assert.True(row.In == _in && row.Out == _out + batchesBack, context);
            Assert.True(_in == inBatches + row.Failed + row.Undelivered, context);

            void GivenBack(object? item)
            {
                if (item is int[] batch)
                {
                    batchesBack++;
                    inBatches += batch.Length;
                }
            }
        }
    }

    private sealed record Item(int Number);

    private sealed record Part(int Number, int Place);

    /// <summary>How a run ends, in its middle or at its end.</summary>
    private sealed class Ending(string how)
    {
        private readonly TaskCompletionSource<PipelineRun> _run = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _consumed;

        public Pipeline<int> Source() => how is not ("abort" or "stop") ? Pipeline.Range(0, Items) : Pipeline.From(Endless(), new() { Name = "endless" });

        public void See(int x)
        {
            if (how is "fail" or "fail, drain" && x == 131)
            {
                throw new InvalidDataException();
            }
        }

        /// <summary>What stands between the block and the one behind it.</summary>
        public Pipeline<T> Far<T>(Pipeline<T> pipeline) => how.StartsWith("fail far", StringComparison.Ordinal) ? pipeline.Buffer(2) : pipeline;

        public void SeeBehind(int number)
        {
            if (how.Contains("behind", StringComparison.Ordinal) && number == 21)
            {
                throw new InvalidDataException();
            }
        }

        public T See<T>(int x, T result)
        {
            See(x);
            return result;
        }

        public void Consumed()
        {
            if (how is "abort" or "stop" && ++_consumed == 20)
            {
                PipelineRun run = _run.Task.Result; // set right behind the start
                if (how == "abort")
                {
                    run.Abort();
                }
                else
                {
                    _ = run.StopAsync(Timeout.InfiniteTimeSpan);
                }
            }
        }

        public async Task<PipelineReport> RunAsync(Pipeline pipeline, PipelineOptions options)
        {
            bool drains = how.EndsWith("drain", StringComparison.Ordinal);
            PipelineRun run = pipeline.Start(options with { WhenFailed = drains ? FailureMode.Drain(Timeout.InfiniteTimeSpan) : FailureMode.Abort });
            _run.SetResult(run);
            return await Ended.ReportAsync(run);
        }

        private static IEnumerable<int> Endless()
        {
            for (int i = 0; ; i++)
            {
                yield return i % 1000;
            }
        }
    }
}

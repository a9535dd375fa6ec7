using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>Items that a policy leaves out of an ordered section: in their turn, like results.</summary>
public sealed class ParallelLettersTests
{
    // As in an ordered pool: a policy hears of an item when all that comes before it has gone on, and of none behind one that ends the run.
    [Theory]
    [InlineData("section", false)]
    [InlineData("section", true)]
    [InlineData("sequences", false)]
    [InlineData("sequences", true)]
    [InlineData("awaited", false)]
    [InlineData("awaited", true)]
    [InlineData("asynchronous sequences", false)]
    public async Task Section_ItemsLeftOut_PolicyHearsOfThemInTheirTurn(string kind, bool fails)
    {
        foreach ((int parallelism, int capacity) in ((int, int)[])[(2, 256), (4, 1), (4, 8), (8, 3)])
        {
            List<int> story = [];
            var letters = new BlockOptions { OnError = ErrorPolicy.DeadLetter(letter => Tell(-(int)letter.Item!)), Name = "flatten" };
            Func<Pipeline<int>, Pipeline<int>> section = kind switch
            {
                "section" => s => s.Select(Try, letters).Select(x => x),
                "sequences" => s => s.SelectMany(x => (int[])[x], new() { Name = "expand" }).Select(Try, letters),
                "awaited" => s => s.SelectAsync(async x => { await Task.Yield(); return Try(x); }, letters).Select(x => x),
                _ => s => s.SelectManyAsync(FewAsync, letters),
            };
            PipelineRun run = Pipeline.Range(1, 1000).Parallel(
                s => section(s).Select(x => x == 700 && fails ? throw new InvalidOperationException() : x),
                new() { Parallelism = parallelism, Capacity = capacity })
                .ForEach(Tell).Start();
            await using (run)
            {
                try
                {
                    await Patience.WithAsync(run.Completion, run);
                }
                catch (InvalidOperationException) when (fails)
                {
                }
            }

            int end = fails ? 700 : 1001;
            IEnumerable<int> expected = Enumerable.Range(1, end - 1).Select(x => x % 5 == 3 ? -x : x);
            Assert.True(expected.SequenceEqual(story), $"{parallelism}, {capacity}: {string.Join(' ', story)}\n{run.Snapshot()}");
            Conservation.AssertHolds(run.Snapshot());

            void Tell(int x)
            {
                lock (story)
                {
                    story.Add(x);
                }
            }
        }

        int Try(int x) => x % 5 == 3 ? throw new InvalidDataException() : x;

        async IAsyncEnumerable<int> FewAsync(int x)
        {
            await Task.Yield();
            yield return Try(x);
        }
    }

    // The letters wait for room: in flight so long, and nothing behind them goes on.
    [Fact]
    public async Task Section_LettersWaitForRoom_ComeInOrderAndAreCounted()
    {
        Channel<DeadLetter> letters = Channel.CreateBounded<DeadLetter>(1);
        List<int> seen = [];
        PipelineRun run = Pipeline.Range(0, 500).Parallel(
            s => s.Select(x => x % 3 == 1 ? throw new InvalidDataException() : x, new() { OnError = ErrorPolicy.DeadLetter(letters.Writer), Name = "try" }),
            new() { Parallelism = 4, Capacity = 16 }).ForEach(seen.Add).Start();
        await using (run)
        {
            for (int i = 0; i < 167; i++)
            {
                DeadLetter letter = await letters.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
                Assert.Equal((3 * i) + 1, letter.Item);
            }

            await Patience.WithAsync(run.Completion, run);
        }

        Assert.Equal(Enumerable.Range(0, 500).Where(x => x % 3 != 1), seen);
        Assert.Equal(167, run.Snapshot().Blocks.Single(block => block.Name == "try").Failed);
    }
}

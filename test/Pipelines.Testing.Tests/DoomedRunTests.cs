namespace Pipelines.Testing.Tests;

/// <summary>What happens between the moment at which an item of an ordered pool fails and that at which its failure comes to the head.</summary>
public sealed class DoomedRunTests
{
    // Upstream of the pool a block has another line, which goes on taking: the pool must not look as if it had had enough.
    [Fact]
    public void SelectAsync_ItemFailsBehindASlowOne_TheSourceIsNotEmptiedMeanwhile() =>
        DeterministicScheduler.Explore(200, async scheduler =>
        {
            int yielded = 0;
            await using PipelineRun run = scheduler.Watch(Pipeline
                .From(Source())
                .When(x => x % 2 == 1, odd => odd.ForEach(_ => { }))
                .SelectAsync(async x =>
                {
                    // The clock goes on only when nothing else can run: by then the failed item has done all that it can do.
                    await Task.Delay(x == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero, scheduler.TimeProvider);
                    return x == 0 ? x : throw new InvalidDataException();
                }, new() { Parallelism = 2 })
                .ForEach(_ => { })
                .Start(scheduler.Options with { Capacity = 4 }));
            await Assert.ThrowsAsync<InvalidDataException>(() => run.Completion);

            Assert.InRange(yielded, 2, 50);

            IEnumerable<int> Source()
            {
                for (int i = 0; i < 1000; i++)
                {
                    yielded++;
                    yield return i;
                }
            }
        });
}

using System.Globalization;
using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating;

public sealed class TransformBlockTests
{
    private static readonly List<string> lines = [.. Enumerable.Range(0, 200).Select(i => $"{i} {i + 1}")];
    private readonly List<int> _seen = [];

    [Fact]
    public async Task TransformBlock_Before_KeepsOrder()
    {
        // snippet: transform-before
        var parse = new TransformBlock<string, int>(Parse, new() { MaxDegreeOfParallelism = 4, BoundedCapacity = 64 });
        var add = new ActionBlock<int>(Add, new() { BoundedCapacity = 64 });
        parse.LinkTo(add, new() { PropagateCompletion = true });
        foreach (string line in lines)
        {
            await parse.SendAsync(line);
        }

        parse.Complete();
        await add.Completion;
        // end
        Assert.Equal(Enumerable.Range(0, 200), _seen);
    }

    [Fact]
    public async Task TransformBlock_After_KeepsOrder()
    {
        // snippet: transform-after
        await Pipeline
            .From(lines)
            .Select(Parse, new() { Parallelism = 4 })
            .ForEach(Add)
            .RunAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 200), _seen);
    }

    [Fact]
    public async Task TransformBlock_AsynchronousAfter_KeepsOrder()
    {
        // snippet: transform-async-after
        await Pipeline
            .From(lines)
            .SelectAsync(ParseAsync, new() { Parallelism = 16, Timeout = TimeSpan.FromSeconds(30) })
            .ForEach(Add)
            .RunAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 200), _seen);
    }

    [Fact]
    public async Task TransformManyBlock_Before_Flattens()
    {
        // snippet: transform-many-before
        var words = new TransformManyBlock<string, string>(line => line.Split(' '), new() { BoundedCapacity = 64 });
        var add = new ActionBlock<string>(word => Add(Parse(word)), new() { BoundedCapacity = 64 });
        words.LinkTo(add, new() { PropagateCompletion = true });
        foreach (string line in lines)
        {
            await words.SendAsync(line);
        }

        words.Complete();
        await add.Completion;
        // end
        Assert.Equal(Enumerable.Range(0, 200).SelectMany(i => new[] { i, i + 1 }), _seen);
    }

    [Fact]
    public async Task TransformManyBlock_After_Flattens()
    {
        // snippet: transform-many-after
        await Pipeline
            .From(lines)
            .SelectMany(line => line.Split(' '))
            .ForEach(word => Add(Parse(word)))
            .RunAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 200).SelectMany(i => new[] { i, i + 1 }), _seen);
    }

    [Fact]
    public async Task TransformManyBlock_ThatFiltersAfter_LeavesTheOthersOut()
    {
        // snippet: filter-after
        List<int> even = await Pipeline
            .From(lines)
            .Select(Parse)
            .Where(number => number % 2 == 0)
            .ToListAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 2 * i), even);
    }

    private static int Parse(string line) => int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);

    private static async Task<int> ParseAsync(string line, CancellationToken token)
    {
        await Task.Yield();
        token.ThrowIfCancellationRequested();
        return Parse(line);
    }

    private void Add(int number) => _seen.Add(number);
}

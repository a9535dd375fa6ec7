namespace Pipelines.Tests.Blocks;

/// <summary>Every transform operator. A new one joins the contract with one line here.</summary>
public static class BlockCases
{
    private static readonly IReadOnlyList<BlockCase> s_all =
    [
        new("Select", (p, see) => p.Select(x => Seen(see, x) + 1), items => items.Select(x => x + 1)),
        new("Where", (p, see) => p.Where(x => Seen(see, x) % 3 == 0), items => items.Where(x => x % 3 == 0)),
        new("Do", (p, see) => p.Do(see), items => items),
        new("Scan", (p, see) => p.Scan(0, (sum, x) => sum + Seen(see, x)), Sums),
        new("SelectMany", (p, see) => p.SelectMany(x => Enumerable.Repeat(Seen(see, x), Math.Abs(x % 3)), new() { Name = "flatten" }),
            items => items.SelectMany(x => Enumerable.Repeat(x, Math.Abs(x % 3)))),
        new("SelectMany lazy", (p, see) => p.SelectMany(x => Lazy(see, x), new() { Name = "flatten" }), items => items.SelectMany(x => Lazy(_ => { }, x))),
        new("Scan anew", (p, see) => p.Scan(() => 0, (sum, x) => sum + Seen(see, x)), Sums),
        new("Fuse", (p, see) => p.Fuse(() => new EveryThird(see), new() { Name = "flatten" }), EveryThird.Model),
        new("Distinct", (p, _) => p.Select(x => x % 50).Distinct(), items => items.Select(x => x % 50).Distinct()) { CanFail = false },
        new("SelectMany 3 at once", (p, see) => p.SelectMany(x => Lazy(see, x), new() { Name = "flatten", Parallelism = 3 }),
            items => items.SelectMany(x => Lazy(_ => { }, x))),
        new("SelectMany 3 at once, unordered", (p, see) => p.SelectMany(x => Lazy(see, x), new() { Name = "flatten", Parallelism = 3, Ordered = false }),
            items => items.SelectMany(x => Lazy(_ => { }, x))) { Ordered = false },
        new("Merge with nothing", (p, _) => p.Merge(Pipeline.Range(0, 0)), items => items) { CanFail = false, InLine = false },
        new("Concat with nothing", (p, _) => p.Concat(Pipeline.Range(0, 0)), items => items) { CanFail = false, InLine = false },
        new("Take", (p, _) => p.Take(7), items => items.Take(7)) { CanFail = false, EndsEarly = true },
        new("Take 0", (p, _) => p.Take(0), items => items.Take(0)) { CanFail = false, EndsEarly = true },
        new("Skip", (p, _) => p.Skip(7), items => items.Skip(7)) { CanFail = false },
        new("TakeWhile", (p, see) => p.TakeWhile(x => Seen(see, x) < 500), items => items.TakeWhile(x => x < 500)) { EndsEarly = true },
        new("TakeUntil", (p, see) => p.TakeUntil(x => Seen(see, x) == 500), items => items.TakeWhile(x => x != 500)) { EndsEarly = true },
        new("SkipWhile", (p, see) => p.SkipWhile(x => Seen(see, x) < 500), items => items.SkipWhile(x => x < 500)),
        new("DistinctBy", (p, see) => p.DistinctBy(x => Seen(see, x) % 50), items => items.DistinctBy(x => x % 50)),
        new("OfType", (p, _) => p.Select(x => x % 2 == 0 ? (object)x : "odd").OfType<int>(), items => items.Where(x => x % 2 == 0)) { CanFail = false },
        new("Cast", (p, _) => p.Select(x => (object)x).Cast<int>(), items => items) { CanFail = false },
        new("Append", (p, _) => p.Append(7), items => items.Append(7)) { CanFail = false },
        new("Prepend", (p, _) => p.Prepend(7), items => items.Prepend(7)) { CanFail = false },
        new("Prepend behind a pool", (p, _) => p.SelectAsync(async x => { await Task.Yield(); return x; }).Prepend(7),
            items => items.Prepend(7)) { CanFail = false },
        new("Pairwise", (p, _) => p.Pairwise().Select(pair => pair.Current + (3 * pair.Previous)),
            items => items.Zip(items.Skip(1), (previous, current) => current + (3 * previous))) { CanFail = false },
        new("Index", (p, _) => p.Index().Select(one => (int)one.Index + (3 * one.Item)),
            items => items.Index().Select(one => one.Index + (3 * one.Item))) { CanFail = false },
        new("Window", (p, _) => p.Window(3).Select(window => window.Sum()), items => Windows(items, 3, 1)) { CanFail = false },
        new("Window by steps", (p, _) => p.Window(3, 2).Select(window => window.Sum()), items => Windows(items, 3, 2)) { CanFail = false },
        new("Window with gaps", (p, _) => p.Window(3, 5).Select(window => window.Sum()), items => Windows(items, 3, 5)) { CanFail = false },
        new("Batch", (p, _) => p.Batch(7).SelectMany(x => x, new() { Name = "flatten" }), items => items) { CanFail = false },
        new("Batch 1", (p, _) => p.Batch(1).SelectMany(x => x, new() { Name = "flatten" }), items => items) { CanFail = false },
        new("Batch by age", (p, _) => p.Batch(7, TimeSpan.FromHours(1)).SelectMany(x => x, new() { Name = "flatten" }), items => items) { CanFail = false },
        new("Batch natural", (p, _) => p.Batch(7, TimeSpan.Zero).SelectMany(x => x, new() { Name = "flatten" }), items => items) { CanFail = false },
        new("Batch by weight", (p, see) => p.Batch(20, x => Math.Abs(Seen(see, x) % 30)).SelectMany(x => x, new() { Name = "flatten" }), items => items),
        new("Buffer 1", (p, _) => p.Buffer(1), items => items) { CanFail = false },
        new("Buffer 256", (p, _) => p.Buffer(256), items => items) { CanFail = false },
        new("Buffer unbounded", (p, _) => p.Buffer(int.MaxValue), items => items) { CanFail = false, Bounded = false },
        new("SelectAsync", (p, see) => p.SelectAsync(x => new ValueTask<int>(Seen(see, x) + 1)), items => items.Select(x => x + 1)),
        new("SelectAsync yielding", (p, see) => p.SelectAsync(async x => await Later(see, x)), items => items),
        new("WhereAsync", (p, see) => p.WhereAsync(async x => await Later(see, x) % 3 == 0), items => items.Where(x => x % 3 == 0)),
        new("SelectManyAsync", (p, see) => p.SelectManyAsync(x => LazyAsync(see, x), new() { Name = "flatten" }),
            items => items.SelectMany(x => Lazy(_ => { }, x))),
        new("SelectManyAsync 3 at once", (p, see) => p.SelectManyAsync(x => LazyAsync(see, x), new() { Name = "flatten", Parallelism = 3 }),
            items => items.SelectMany(x => Lazy(_ => { }, x))),
        new("SelectManyAsync 3 at once, unordered",
            (p, see) => p.SelectManyAsync(x => LazyAsync(see, x), new() { Name = "flatten", Parallelism = 3, Ordered = false }),
            items => items.SelectMany(x => Lazy(_ => { }, x))) { Ordered = false },
        new("Transform", (p, see) => p.Transform<int>(
            async (reader, writer, token) =>
            {
                await foreach (int x in reader.ReadAllAsync(token))
                {
                    await writer.WriteAsync(Seen(see, x) + 1, token);
                }
            },
            new() { Name = "rewrite" }), items => items.Select(x => x + 1)) { ItemByItem = false },
        new("Transform iterator", (p, see) => p.Transform((sequence, _) => Iterator(see, sequence), new() { Name = "rewrite" }),
            items => items.Select(x => x + 1)) { ItemByItem = false },
        new("Tee", (p, see) => p.Tee(branch => branch.ForEach(see)), items => items) { InLine = false, HasBranch = true },
        new("When", (p, see) => p.When(x => Seen(see, x) % 2 == 0, branch => branch.ForEach(_ => { })),
            items => items.Where(x => x % 2 != 0)) { InLine = false, HasBranch = true },
        new("Partition", (p, see) => p.Partition(x => x % 5, 3, lane => lane.Select(x => Seen(see, x))), items => items) { Ordered = false, InLine = false },
        new("Broadcast and Merge", (p, see) => p.Broadcast(branch => branch.Select(x => Seen(see, x)), branch => branch.Where(x => x % 3 == 0)).Merge(),
            items => items.SelectMany(x => x % 3 == 0 ? (int[])[x, x] : [x])) { Ordered = false, InLine = false },
        new("Broadcast and Zip",
            (p, see) => p.Broadcast(branch => branch.Select(x => Seen(see, x)), branch => branch.Buffer(1)).Zip().Select(both => both.Sum()),
            items => items.Select(x => 2 * x)) { InLine = false },
        .. Pools(),
        .. Sections(),
    ];

    public static IReadOnlyList<BlockCase> List => s_all;

    public static TheoryData<BlockCase> All() => new(s_all);

    public static TheoryData<BlockCase> Failing() => new(s_all.Where(one => one.CanFail));

    public static TheoryData<BlockCase> WithoutBranch() => new(s_all.Where(one => !one.HasBranch));

    public static TheoryData<BlockCase> Endless() => new(s_all.Where(one => !one.EndsEarly));

    private static IEnumerable<BlockCase> Pools()
    {
        (int, int, bool)[] pools = [(2, 256, true), (2, 1, true), (8, 256, true), (8, 2, true), (2, 256, false), (8, 3, false), (0, 256, true), (0, 5, false)];
        foreach ((int parallelism, int capacity, bool ordered) in pools)
        {
            BlockOptions options = Options(parallelism, capacity, ordered);
            string suffix = $" {(parallelism == 0 ? "so many" : parallelism)} at once, capacity {capacity}{(ordered ? "" : ", unordered")}";
            yield return new("Select" + suffix, (p, see) => p.Select(x => Seen(see, x) + 1, options), items => items.Select(x => x + 1)) { Ordered = ordered };
            yield return new(
                "Where" + suffix, (p, see) => p.Where(x => Seen(see, x) % 3 == 0, options), items => items.Where(x => x % 3 == 0))
            { Ordered = ordered };
            yield return new("Do" + suffix, (p, see) => p.Do(see, options), items => items) { Ordered = ordered };
            yield return new(
                "SelectAsync" + suffix, (p, see) => p.SelectAsync(x => x % 3 == 0 ? Later(see, x) : new(Seen(see, x)), options),
                items => items)
            { Ordered = ordered };
            yield return new(
                "WhereAsync" + suffix, (p, see) => p.WhereAsync(async x => await Later(see, x) % 3 == 0, options),
                items => items.Where(x => x % 3 == 0))
            { Ordered = ordered };
            yield return new(
                "Select with worker" + suffix, (p, see) => p.Select(() => new MemoryStream(), (_, x) => Seen(see, x), options),
                items => items)
            { Ordered = ordered };
            yield return new(
                "SelectAsync with worker" + suffix,
                (p, see) => p.SelectAsync(() => new MemoryStream(), (_, x, _) => Later(see, x), options),
                items => items)
            { Ordered = ordered };
            yield return new(
                "SelectAsync with limit" + suffix,
                (p, see) => p.SelectAsync(async x => await Later(see, x), options with { Timeout = TimeSpan.FromHours(1) }),
                items => items)
            { Ordered = ordered };
        }
    }

    private static IEnumerable<BlockCase> Sections()
    {
        (int, int, bool)[] sections =
            [(1, 2, true), (2, 256, true), (3, 1, true), (8, 2, true), (2, 1, false), (3, 4, false), (8, 256, false), (0, 7, true)];
        foreach ((int parallelism, int capacity, bool ordered) in sections)
        {
            BlockOptions options = Options(parallelism, capacity, ordered);
            string suffix = $" {(parallelism == 0 ? "so many" : parallelism)} at once, capacity {capacity}{(ordered ? "" : ", unordered")}";
            yield return new(
                "Parallel" + suffix,
                (p, see) => p.Parallel(s => s.Select(x => Seen(see, x) + 1).Where(x => x % 3 != 0).Do(_ => { }), options),
                items => items.Select(x => x + 1).Where(x => x % 3 != 0))
            { Ordered = ordered };
            yield return new(
                "Parallel sequences" + suffix,
                (p, see) => p.Parallel(
                    s => s.Where(x => x % 5 != 0).SelectMany(x => Lazy(see, x), new() { Name = "flatten" }).Select(x => x + 1).Where(x => x % 3 != 0), options),
                items => items.Where(x => x % 5 != 0).SelectMany(x => Lazy(_ => { }, x)).Select(x => x + 1).Where(x => x % 3 != 0))
            { Ordered = ordered };
            yield return new(
                "Parallel awaited" + suffix,
                (p, see) => p.Parallel(
                    s => s.SelectAsync(x => x % 3 == 0 ? Later(see, x) : new(Seen(see, x))).WhereAsync(async x => await Later(_ => { }, x) % 4 != 0), options),
                items => items.Where(x => x % 4 != 0))
            { Ordered = ordered };
            yield return new(
                "Parallel asynchronous sequences" + suffix,
                (p, see) => p.Parallel(s => s.SelectManyAsync(x => LazyAsync(see, x), new() { Name = "flatten" }).Where(x => x % 3 != 0), options),
                items => items.SelectMany(x => Lazy(_ => { }, x)).Where(x => x % 3 != 0))
            { Ordered = ordered };
            yield return new(
                "Parallel with workers" + suffix,
                (p, see) => p.Parallel(
                    s => s.Select(() => new MemoryStream(), (_, x) => Seen(see, x)).SelectAsync(() => new MemoryStream(), (_, x, _) => Later(_ => { }, x)),
                    options),
                items => items)
            { Ordered = ordered };
            yield return new(
                "Parallel with workers and sequences" + suffix,
                (p, see) => p.Parallel(
                    s => s.Select(() => new MemoryStream(), (_, x) => Seen(see, x)).SelectMany(x => (int[])[x, x + 1], new() { Name = "flatten" })
                        .SelectAsync(x => x % 3 == 0 ? Later(_ => { }, x) : new(x)),
                    options),
                items => items.SelectMany(x => (int[])[x, x + 1]))
            { Ordered = ordered };
            yield return new(
                "Parallel in a branch" + suffix,
                (p, see) => p.Broadcast(
                    branch => branch.Parallel(s => s.Do(_ => { }).Select(x => Seen(see, x)), options),
                    branch => branch.Where(x => x % 2 == 0)).Merge(),
                items => items.SelectMany(x => x % 2 == 0 ? (int[])[x, x] : [x]))
            { Ordered = false, InLine = false };
        }

        foreach ((int parallelism, int capacity) in ((int, int)[])[(1, 1), (2, 2), (8, 1), (8, 256)])
        {
            var options = new BlockOptions { Parallelism = parallelism, Capacity = capacity };
            string suffix = $" {parallelism} at once, capacity {capacity}";
            yield return new(
                "Broadcast to pools and Merge" + suffix,
                (p, see) => p.Broadcast(
                    branch => branch.SelectAsync(x => x % 3 == 0 ? Later(see, x) : new(Seen(see, x)), options),
                    branch => branch.SelectMany(x => (int[])[x, -x], new() { Name = "flatten" })).Merge(),
                items => items.SelectMany(x => (int[])[x, x, -x]))
            { Ordered = false, InLine = false };
            yield return new(
                "Broadcast to pools and Zip" + suffix,
                (p, see) => p.Broadcast(
                    branch => branch.SelectAsync(x => x % 3 == 0 ? Later(see, x) : new(Seen(see, x)), options),
                    branch => branch.Select(x => x + 1, options)).Zip().Select(both => both.Sum()),
                items => items.Select(x => (2 * x) + 1))
            { InLine = false };
        }
    }

    // 0: as many as it finds.
    private static BlockOptions Options(int parallelism, int capacity, bool ordered) => new()
    {
        Parallelism = Math.Max(1, parallelism),
        AdaptiveParallelism = parallelism == 0 ? new() { Minimum = 2, Maximum = 9 } : null,
        Capacity = capacity,
        Ordered = ordered,
    };

    private static int Seen(Action<int> see, int x)
    {
        see(x);
        return x;
    }

    private static async ValueTask<int> Later(Action<int> see, int x)
    {
        await Task.Yield();
        return Seen(see, x);
    }

    private static IEnumerable<int> Sums(IEnumerable<int> items)
    {
        int sum = 0;
        return items.Select(x => sum += x);
    }

    private static IEnumerable<int> Windows(IEnumerable<int> items, int size, int step)
    {
        int[] all = [.. items];
        for (int first = 0; first + size <= all.Length; first += step)
        {
            yield return all.AsSpan(first, size).ToArray().Sum();
        }
    }

    private static IEnumerable<int> Lazy(Action<int> see, int x)
    {
        yield return x;
        see(x);
        yield return x + 1;
    }

    private static async IAsyncEnumerable<int> LazyAsync(Action<int> see, int x)
    {
        yield return x;
        await Task.Yield();
        see(x);
        yield return x + 1;
    }

    private static async IAsyncEnumerable<int> Iterator(Action<int> see, IAsyncEnumerable<int> items)
    {
        await foreach (int x in items)
        {
            yield return Seen(see, x) + 1;
        }
    }

    /// <summary>Gives the sum of each three items, and at the end that of what is left.</summary>
    private sealed class EveryThird(Action<int> see) : IStep<int, int>
    {
        private int _count;
        private int _sum;

        public static IEnumerable<int> Model(IEnumerable<int> items) => items.Chunk(3).Select(three => three.Sum());

        public bool TryNext(int item, out int result)
        {
            see(item);
            result = _sum += item;
            _sum = ++_count % 3 == 0 ? 0 : _sum;
            return _count % 3 == 0;
        }

        public bool TryFlush(out int result)
        {
            result = _sum;
            (bool has, _count) = (_count % 3 != 0, 0);
            return has;
        }
    }
}

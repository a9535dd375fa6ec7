using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE005: what all workers of a pool see is not changed by them without a guard.</summary>
public sealed class SharedStateTests
{
    private const string Id = "PIPE005";

    private const string Locals = """
        List<int> list = []; Dictionary<int, int> map = []; HashSet<int> set = []; Queue<int> queue = []; Stack<int> stack = []; StringBuilder text = new();
        PriorityQueue<int, int> heap = new(); int count = 0; int last = 0; int[] counts = new int[4]; object gate = new(); Lock section = new();
        SemaphoreSlim semaphore = new(1);
        ConcurrentBag<int> bag = []; ConcurrentDictionary<int, int> concurrent = []; ThreadLocal<int> own = new(); List<int>? none = null;
        BlockOptions pool = new() { Parallelism = 4 };

        """;

    [Theory]
    [InlineData("numbers.Select(x => { [|list|].Add(x); return x; }, new() { Parallelism = 4 })")]
    [InlineData("numbers.Select(x => { [|list|].AddRange([x]); return x; }, new() { Parallelism = workers })")]
    [InlineData("numbers.Select(x => [|map|][x] = x, new() { Parallelism = Environment.ProcessorCount })")]
    [InlineData("numbers.Select(x => [|map|].TryAdd(x, x), new BlockOptions { Name = \"x\", Parallelism = 4 })")]
    [InlineData("numbers.Select(x => [|set|].Add(x), pool)")]
    [InlineData("numbers.Select(x => [|set|].Add(x), pool with { Ordered = false })")]
    [InlineData("numbers.Select(x => [|set|].Add(x), new BlockOptions() with { Parallelism = 2 })")]
    [InlineData("numbers.Select(x => [|set|].Add(x), Pooled)")]
    [InlineData("numbers.Select(x => [|set|].Add(x), PooledToo)")]
    [InlineData("numbers.Select(x => [|set|].Add(x), workers > 1 ? pool : new())")]
    [InlineData("numbers.Select(x => { [|queue|].Enqueue(x); return [|stack|].Pop(); }, pool)")]
    [InlineData("numbers.Select(x => { [|heap|].Enqueue(x, x); return [|text|].AppendLine(); }, pool)")]
    [InlineData("numbers.Select(x => [|count|]++, pool)")]
    [InlineData("numbers.Select(x => --[|count|], pool)")]
    [InlineData("numbers.Select(x => [|count|] += x, pool)")]
    [InlineData("numbers.Select(x => { ([|last|], int y) = (x, x); return y; }, pool)")]
    [InlineData("numbers.Select(x => { int.TryParse(\"3\", out [|last|]); return x; }, pool)")]
    [InlineData("numbers.Select(x => [|none|] ??= [], pool)")]
    [InlineData("numbers.Select(x => [|counts[x]|]++, pool)")]
    [InlineData("numbers.Select(x => [|concurrent|][x]++, pool)")]
    [InlineData("numbers.Select(x => [|store.Count|]++, pool)")]
    [InlineData("numbers.Select(x => [|store.Count|] = x, pool)")]
    [InlineData("numbers.Select(x => [|store.Total|] += x, pool)")]
    [InlineData("numbers.Select(x => { [|store.Items|].Add(x); return x; }, pool)")]
    [InlineData("numbers.Select(x => { [|_seen|].Add(x); return [|_total|]++; }, pool)")]
    [InlineData("numbers.Select(x => { [|workers|]++; return x; }, pool)")]
    [InlineData("numbers.Select(x => { none?.Add(x); return [|list|].Remove(x); }, pool)")]
    [InlineData("numbers.SelectAsync(async x => { await Task.Yield(); [|last|] = x; return x; }, new() { Parallelism = 4 })")]
    [InlineData("numbers.ForEachAsync(async x => { await Task.Yield(); [|list|].Add(x); }, pool)")]
    [InlineData("numbers.WhereAsync(async x => { await Task.Yield(); return [|set|].Add(x); }, options: pool)")]
    [InlineData("numbers.Select(x => new[] { x }.Count(y => [|set|].Add(y)), pool)")]
    [InlineData("numbers.Select(x => { void Note() => [|list|].Add(x); Note(); return x; }, pool)")]
    [InlineData("numbers.Select(x => { lock (gate) { list.Add(x); } [|count|]++; return x; }, pool)")]
    [InlineData("numbers.Select([|set.Add|], pool)")]
    [InlineData("numbers.Select([|AddUp|], pool)")]
    [InlineData("numbers.Select(() => new Store(), (worker, x) => { worker.Count++; return [|count|]++; }, pool)")]
    [InlineData("perhaps?.Select(x => [|count|]++, pool)")]
    [InlineData("numbers.Partition(x => x, 4, lane => lane.Select(x => [|count|]++))")]
    [InlineData("numbers.Partition(x => x, 4, lane => { int mine = 0; return lane.Do(x => [|list|].Add(x)).Select(x => mine++); })")]
    [InlineData("numbers.Partition(x => x, 4, lane => { int mine = 0; return lane.Select(x => [|mine|]++, pool); })")]
    [InlineData("numbers.Tee(branch => branch.Select(x => [|count|]++, pool).ForEach(_ => { }))")]
    [InlineData("numbers.Select(x => texts.Select(y => [|count|]++, pool), pool)")]
    public async Task ParallelDelegate_ChangesWhatAllSee_IsFound(string call) => await AssertAsync(call);

    [Theory]
    [InlineData("numbers.Select(x => { list.Add(x); return x; })")]
    [InlineData("numbers.Select(x => { list.Add(x); return x; }, new())")]
    [InlineData("numbers.Select(x => { list.Add(x); return x; }, new() { Parallelism = 1 })")]
    [InlineData("numbers.Select(x => { list.Add(x); return x; }, pool with { Parallelism = 1 })")]
    [InlineData("numbers.Select(x => x, pool).ForEach(list.Add)")]
    [InlineData("numbers.Select(x => x, pool).ForEach(x => count++)")]
    [InlineData("numbers.Select(x => { List<int> mine = [x]; mine.Add(x); return mine; }, pool)")]
    [InlineData("numbers.Select(x => { int mine = 0; mine++; x++; return mine + x; }, pool)")]
    [InlineData("numbers.Select(x => { int mine = 0; Action up = () => mine++; up(); return mine; }, pool)")]
    [InlineData("numbers.Select(x => { int Up(int y) => y++; return Up(x); }, pool)")]
    [InlineData("numbers.Select(x => { lock (gate) { list.Add(x); return count++; } }, pool)")]
    [InlineData("numbers.Select(x => { lock (gate) { if (x > 3) { list.Add(x); } } return x; }, pool)")]
    [InlineData("numbers.Select(x => { using (section.EnterScope()) { list.Add(x); } return x; }, pool)")]
    [InlineData("numbers.SelectAsync(async x => { await semaphore.WaitAsync(); try { list.Add(x); } finally { semaphore.Release(); } return x; }, pool)")]
    [InlineData("numbers.Select(x => { Monitor.Enter(gate); count++; Monitor.Exit(gate); return x; }, pool)")]
    [InlineData("numbers.Select(x => { bag.Add(x); return concurrent.TryAdd(x, x); }, pool)")]
    [InlineData("numbers.Select(x => concurrent[x] = x, pool)")]
    [InlineData("numbers.Select(x => Interlocked.Increment(ref count), pool)")]
    [InlineData("numbers.Select(x => { Volatile.Write(ref last, x); return x; }, pool)")]
    [InlineData("numbers.Select(x => counts[x] = x, pool)")]
    [InlineData("numbers.Select(x => own.Value++, pool)")]
    [InlineData("numbers.Select(x => { _ofThread++; _flag = true; return x; }, pool)")]
    [InlineData("numbers.Select(x => store.Total = x, pool)")]
    [InlineData("numbers.Select(x => list.Contains(x) || map.ContainsKey(x) || list[x] == map[x] || text.Length > list.Count, pool)")]
    [InlineData("numbers.Select(x => new Store { Count = x, Total = x }, pool)")]
    [InlineData("numbers.Select(x => new Store()).Do(one => one.Count++).Select(one => { one.Count++; one.Items.Add(1); return one; }, pool)")]
    [InlineData("numbers.Select(() => new StringBuilder(), (worker, x) => worker.Clear().Append(x).ToString(), pool)")]
    [InlineData("numbers.Select(() => { count++; return new Store(); }, (worker, x) => x, new() { Parallelism = 1 })")]
    [InlineData("numbers.Select(Twice, pool)")]
    [InlineData("numbers.Partition(x => count++, 4, lane => lane)")]
    [InlineData("numbers.Partition(x => x, 4, lane => { count++; List<int> mine = []; return lane.Do(x => mine.Add(x)); })")]
    [InlineData("numbers.Tee(branch => branch.ForEach(x => list.Add(x)))")]
    [InlineData("Enumerable.Range(0, 3).Select(x => { list.Add(x); return x; })")]
    [InlineData("numbers.Select(x => { _ = x; return list.ToArray().Append(x); }, pool)")]
    public async Task Delegate_ThatIsSafe_IsNotFound(string call) => await AssertAsync(call);

    [Theory]
    [InlineData("numbers.Select(x => { list.Add(x; }, pool)")]
    [InlineData("numbers.Select(x => { list.Add(x); return x; }, new() { Parallelism = })")]
    [InlineData("numbers.Select(x => { unknown.Add(x); return x; }, pool)")]
    [InlineData("numbers.Select(x => list.Add(x), new() { NoSuchOption = 3 })")]
    public async Task BrokenCode_IsNotFound(string call) => await Findings.AssertBrokenAsync(Id, Source.Statements($"{Locals}_ = {call};"));

    [Fact]
    public async Task Members_OfTheObject_AreShared() =>
        await Findings.AssertAsync(
            Id,
            Source.File("""
                public sealed class User(Pipeline<int> numbers, List<int> given)
                {
                    private readonly List<int> _list = [];
                    private int _count;
                    private Dictionary<int, int> Map { get; } = [];
                    public Pipeline Built => numbers.ForEachAsync(async x =>
                    {
                        await Task.Yield();
                        [|_list|].Add(x);
                        [|this._count|]++;
                        [|Map|][x] = x;
                        [|given|].Add(x);
                    }, new() { Parallelism = 2 });
                    public Pipeline<int> Counted => numbers.Select([|Count|], new() { Parallelism = 2 });
                    private int Count(int item) => _count++ + _count++;
                }
                """));

    [Fact]
    public async Task TopLevelStatements_AreLookedAt() =>
        await Findings.AssertAsync(
            Id,
            Source.File("int sum = 0; int all = await Pipeline.Range(0, 3).Select(x => [|sum|] += x, new() { Parallelism = 2 }).CountAsync();"),
            OutputKind.ConsoleApplication);

    private static Task<IReadOnlyList<string>> AssertAsync(string call) => Findings.AssertAsync(Id, Source.Statements($"{Locals}_ = {call};"));
}

using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE006: a block's delegate does not hold its thread until something else happens.</summary>
public sealed class BlockingCallTests
{
    private const string Id = "PIPE006";

    private const string Locals = """
        SemaphoreSlim semaphore = new(1); ManualResetEventSlim signal = new(); AutoResetEvent handle = new(true); object gate = new();
        BlockingCollection<int> blocking = [];
        Task<int> cached = DownloadAsync(1); Thread thread = new(() => { }); CountdownEvent countdown = new(1);

        """;

    [Theory]
    [InlineData("numbers.Select(x => DownloadAsync(x).[|Result|])", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(x => LookUpAsync(x).[|Result|])", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(x => DownloadAsync(x).GetAwaiter().[|GetResult|]())", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(x => LookUpAsync(x).GetAwaiter().[|GetResult|]())", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(x => DownloadAsync(x).ConfigureAwait(false).GetAwaiter().[|GetResult|]())", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Where(x => AskAsync(x).[|Result|])", "use 'WhereAsync' and await there")]
    [InlineData("numbers.SelectMany(x => Enumerable.Repeat(DownloadAsync(x).[|Result|], 3))", "use 'SelectManyAsync' and await there")]
    [InlineData("numbers.Do(x => store.AddAsync(x).[|Wait|]())", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Do(x => store.AddAsync(x).[|Wait|](TimeSpan.FromSeconds(1)))", "use 'SelectAsync' and await there")]
    [InlineData("numbers.ForEach(x => store.AddAsync(x).[|Wait|]())", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => Task.[|WaitAll|](store.AddAsync(x)))", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => Task.[|WaitAny|](store.AddAsync(x)))", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => Thread.[|Sleep|](x))", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach([|Thread.Sleep|])", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => semaphore.[|Wait|]())", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => signal.[|Wait|]())", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => handle.[|WaitOne|]())", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => { lock (gate) { Monitor.[|Wait|](gate); } })", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => thread.[|Join|]())", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.ForEach(x => countdown.[|Wait|]())", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.Select(x => blocking.[|Take|]())", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(x => cached.[|Result|])", "use 'SelectAsync' and await there")]
    [InlineData("numbers.SelectAsync(async x => { await Task.Yield(); Thread.[|Sleep|](10); return x; })", "await its asynchronous form")]
    [InlineData(
        "numbers.SelectAsync(async x => { await Task.Yield(); return DownloadAsync(x).[|Result|]; }, new() { Parallelism = 4 })",
        "await its asynchronous form")]
    [InlineData("numbers.SelectAsync(async x => await DownloadAsync(cached.[|Result|]))", "await its asynchronous form")]
    [InlineData(
        "numbers.Consume(async (reader, cancel) => { await Task.Yield(); reader.ReadAsync(cancel).AsTask().[|Wait|](cancel); })",
        "await its asynchronous form")]
    [InlineData("Pipeline.Produce<int>(async (writer, cancel) => { await Task.Yield(); Thread.[|Sleep|](1); })", "await its asynchronous form")]
    [InlineData("numbers.TakeWhile(x => AskAsync(x).[|Result|])", "await its asynchronous form")]
    [InlineData("numbers.Select(x => new[] { x }.Sum(y => DownloadAsync(y).[|Result|]))", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(x => { int Now() => DownloadAsync(x).[|Result|]; return Now(); })", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select([|DownloadNow|])", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Select(delegate (int x) { return DownloadAsync(x).[|Result|]; })", "use 'SelectAsync' and await there")]
    [InlineData("perhaps?.Select(x => DownloadAsync(x)?.[|Result|])", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Tee(branch => branch.ForEach(x => store.AddAsync(x).[|Wait|]()))", "use 'ForEachAsync' and await there")]
    [InlineData("numbers.Select(() => new Store(), (worker, x) => worker.TryPutAsync(x).[|Result|])", "use 'SelectAsync' and await there")]
    [InlineData("numbers.Batch(3, batch => cached.[|Result|])", "await its asynchronous form")]
    public async Task Delegate_Blocks_IsFound(string call, string advice) =>
        Assert.EndsWith(advice, Assert.Single(await AssertAsync(call)), StringComparison.Ordinal);

    [Theory]
    [InlineData("numbers.SelectAsync(async x => await DownloadAsync(x))")]
    [InlineData("numbers.SelectAsync(async x => { await Task.Delay(1); await semaphore.WaitAsync(); return x; })")]
    [InlineData("numbers.SelectAsync(async x => { Task<int> a = LookUpAsync(x).AsTask(); await Task.WhenAll(a, cached); return a.Result + cached.Result; })")]
    [InlineData("numbers.SelectAsync(async x => { Task<int> a = DownloadAsync(x); await a; return a.Result; })")]
    [InlineData("numbers.Select(x => cached.IsCompletedSuccessfully ? cached.Result : x)")]
    [InlineData("numbers.Select(x => { Task<int> a = DownloadAsync(x); return a.Status == TaskStatus.RanToCompletion ? a.GetAwaiter().GetResult() : 0; })")]
    [InlineData("numbers.Where(x => semaphore.Wait(0))")]
    [InlineData("numbers.Where(x => handle.WaitOne(0))")]
    [InlineData("numbers.Select(x => new { Result = x }.Result)")]
    [InlineData("numbers.Select(x => new Uri(\"http://localhost\").Host)")]
    [InlineData("numbers.Select(Twice)")]
    [InlineData("numbers.Select(x => { lock (gate) { return x; } })")]
    [InlineData("numbers.Select(() => DownloadAsync(1).Result, (worker, x) => x)")]
    [InlineData("numbers.Tee(branch => branch.Skip(DownloadAsync(1).Result).ForEach(_ => { }))")]
    [InlineData("numbers.Skip(DownloadAsync(1).Result)")]
    [InlineData("Enumerable.Range(0, 3).Select(x => DownloadAsync(x).Result)")]
    [InlineData("string.Join(',', [1, 2])")]
    public async Task Delegate_ThatDoesNotBlock_IsNotFound(string call) => await AssertAsync(call);

    [Fact]
    public async Task TopLevelStatements_AreLookedAt() =>
        await Findings.AssertAsync(
            Id, Source.File("await Pipeline.Range(0, 3).ForEach(x => Task.Delay(x).[|Wait|]()).RunAsync(); Thread.Sleep(1);"), OutputKind.ConsoleApplication);

    [Theory]
    [InlineData("numbers.Select(x => DownloadAsync(x).)")]
    [InlineData("numbers.Select(x => Unknown(x).Result)")]
    [InlineData("numbers.ForEach(x => Thread.Sleep(")]
    public async Task BrokenCode_IsNotFound(string call) => await Findings.AssertBrokenAsync(Id, Source.Statements($"{Locals}_ = {call};"));

    private static Task<IReadOnlyList<string>> AssertAsync(string call) => Findings.AssertAsync(Id, Source.Statements($"{Locals}_ = {call};"));
}

using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE001: an asynchronous delegate given to a synchronous block is an error that names what to call instead.</summary>
public sealed class AsynchronousDelegateTests
{
    private const string Id = "PIPE001";

    [Theory]
    [InlineData("numbers.[|Select|](async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.[|Select|](async x => await DownloadAsync(x))")]
    [InlineData("numbers.[|Select|](async x => { await Task.Yield(); })")]
    [InlineData("numbers.[|Select|](async delegate (int x) { await Task.Yield(); return x; })")]
    [InlineData("numbers.[|Select|](x => DownloadAsync(x))")]
    [InlineData("numbers.[|Select|](x => LookUpAsync(x))")]
    [InlineData("numbers.[|Select|](x => { return LookUpAsync(x); })")]
    [InlineData("numbers.[|Select|](x => store.PutAsync(x))")]
    [InlineData("numbers.[|Select|](DownloadAsync)")]
    [InlineData("numbers.[|Select|](LookUpAsync)")]
    [InlineData("numbers.[|Select|](store.AddAsync)")]
    [InlineData("numbers.[|Select|](store.PutAsync)")]
    [InlineData("numbers.[|Select|](new Func<int, Task<int>>(DownloadAsync))")]
    [InlineData("numbers.[|Select<Task<int>>|](x => DownloadAsync(x))")]
    [InlineData("numbers.[|Select|](DownloadAsync, new() { Parallelism = 4 })")]
    [InlineData("numbers.[|Select|](options: new BlockOptions { Parallelism = 4 }, selector: async x => await DownloadAsync(x))")]
    [InlineData("numbers.[|Select|](() => new Store(), async (worker, x) => await worker.TryPutAsync(x))")]
    [InlineData("numbers.[|Select|](() => new Store(), (worker, x) => worker.TryPutAsync(x), new() { Parallelism = 4 })")]
    [InlineData("perhaps?.[|Select|](DownloadAsync)")]
    [InlineData("perhaps?.Skip(1).[|Select|](x => LookUpAsync(x)).Take(3)")]
    [InlineData("numbers.Tee(branch => branch.[|Select|](DownloadAsync).Do(_ => { }).ForEach(_ => { }))")]
    [InlineData("new Func<Pipeline<Task<int>>>(() => numbers.[|Select|](x => DownloadAsync(x)))")]
    public async Task Select_AsynchronousDelegate_NamesSelectAsync(string call) => await AssertAdviceAsync(call, "call 'SelectAsync'");

    [Theory]
    [InlineData("numbers.[|Select|](async (x, cancel) => await DownloadWithTokenAsync(x, cancel))")]
    [InlineData("numbers.[|Select|](DownloadWithTokenAsync)")]
    [InlineData("numbers.[|Select|](LookUpWithTokenAsync)")]
    [InlineData("texts.[|Select|](File.ReadAllTextAsync)")]
    [InlineData("perhaps?.[|Select|](DownloadWithTokenAsync)")]
    public async Task Select_AsynchronousDelegateWithToken_NamesSelectAsync(string call) => await AssertAdviceOfBrokenAsync(call, "call 'SelectAsync'");

    [Theory]
    [InlineData("numbers.[|Where|](async x => { await Task.Yield(); return true; })")]
    [InlineData("numbers.[|Where|](async x => await AskAsync(x))")]
    [InlineData("numbers.[|Where|](async (x, cancel) => await AskAsync(x))")]
    [InlineData("numbers.[|Where|](x => AskAsync(x))")]
    [InlineData("numbers.[|Where|](x => CheckAsync(x))")]
    [InlineData("numbers.[|Where|](AskAsync)")]
    [InlineData("numbers.[|Where|](CheckAsync)")]
    public async Task Where_AsynchronousDelegate_NamesWhereAsync(string call) => await AssertAdviceOfBrokenAsync(call, "call 'WhereAsync'");

    [Theory]
    [InlineData("numbers.[|SelectMany|](PagesAsync)")]
    [InlineData("numbers.[|SelectMany|](x => PagesAsync(x))")]
    [InlineData("texts.[|SelectMany|](async text => Tokenize(text))")]
    public async Task SelectMany_AsynchronousDelegate_NamesSelectManyAsync(string call) => await AssertAdviceOfBrokenAsync(call, "call 'SelectManyAsync'");

    // The compiler refuses these itself, so that no async void comes about where the analyzer is off; the analyzer has the fix.
    [Theory]
    [InlineData("numbers.[|Do|](async x => { await Task.Yield(); })")]
    [InlineData("numbers.[|Do|](async x => await store.AddAsync(x))")]
    [InlineData("numbers.[|Do|](async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.[|Do|](x => store.AddAsync(x))")]
    [InlineData("numbers.[|Do|](store.AddAsync)")]
    [InlineData("numbers.[|Do|](store.AddWithTokenAsync)")]
    [InlineData("numbers.[|Do|](store.PutAsync)")]
    [InlineData("numbers.[|Do|](store.PutWithTokenAsync)")]
    public async Task Do_AsynchronousDelegate_NamesSelectAsync(string call) => await AssertAdviceOfBrokenAsync(call, "call 'SelectAsync' and return the item");

    [Theory]
    [InlineData("numbers.[|Do|](x => store.PutAsync(x))")]
    [InlineData("numbers.[|Do|](x => store.TryPutAsync(x))")]
    [InlineData("numbers.[|Do|](SaveInVoid)")]
    public async Task Do_DroppedTask_NamesSelectAsync(string call) => await AssertAdviceAsync(call, "call 'SelectAsync' and return the item");

    [Theory]
    [InlineData("numbers.[|ForEach|](async x => { await Task.Yield(); })")]
    [InlineData("numbers.[|ForEach|](async x => await store.AddAsync(x))")]
    [InlineData("numbers.[|ForEach|](async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.[|ForEach|](async (x, cancel) => await store.AddWithTokenAsync(x, cancel))")]
    [InlineData("numbers.[|ForEach|](x => store.AddAsync(x))")]
    [InlineData("numbers.[|ForEach|](store.AddAsync)")]
    [InlineData("numbers.[|ForEach|](store.PutAsync)")]
    [InlineData("numbers.[|ForEach|](store.TryPutAsync)")]
    [InlineData("numbers.[|ForEach|](store.AddWithTokenAsync)")]
    [InlineData("numbers.[|ForEach|](store.PutWithTokenAsync)")]
    [InlineData("numbers.[|ForEach|](DownloadAsync)")]
    public async Task ForEach_AsynchronousDelegate_NamesForEachAsync(string call) => await AssertAdviceOfBrokenAsync(call, "call 'ForEachAsync'");

    [Theory]
    [InlineData("numbers.[|ForEach|](x => store.PutAsync(x))")]
    [InlineData("numbers.[|ForEach|](x => store.TryPutAsync(x))")]
    [InlineData("numbers.[|ForEach|](SaveInVoid)")]
    [InlineData("perhaps?.[|ForEach|](SaveInVoid)")]
    public async Task ForEach_DroppedTask_NamesForEachAsync(string call) => await AssertAdviceAsync(call, "call 'ForEachAsync'");

    // Every item would be distinct, and every lane another: no two tasks are equal.
    [Theory]
    [InlineData("numbers.[|DistinctBy|](async x => await DownloadAsync(x))")]
    [InlineData("numbers.[|DistinctBy|](DownloadAsync)")]
    [InlineData("numbers.[|Partition|](x => LookUpAsync(x), 4, lane => lane)")]
    [InlineData("numbers.[|Scan|](Task.FromResult(0), async (total, x) => await total + x)")]
    public async Task OperatorWithoutAsynchronousForm_NamesSelectAsyncInFront(string call) => await AssertAdviceAsync(call, "call 'SelectAsync' in front");

    [Theory]
    [InlineData("numbers.[|TakeWhile|](async x => await AskAsync(x))")]
    [InlineData("numbers.[|Scan|](0, async (total, x) => total + await DownloadAsync(x))")]
    public async Task OperatorWithoutAsynchronousForm_Broken_NamesSelectAsyncInFront(string call) =>
        await AssertAdviceOfBrokenAsync(call, "call 'SelectAsync' in front");

    [Theory]
    [InlineData("numbers.ForEach(new List<int>().Add)")]
    [InlineData("numbers.ForEach(x => Console.WriteLine(x))")]
    [InlineData("numbers.ForEach(Console.WriteLine)")]
    [InlineData("numbers.ForEach(x => { store.PutAsync(x); })")]
    [InlineData("numbers.ForEach(x => _ = store.PutAsync(x))")]
    [InlineData("numbers.ForEach(x => throw new InvalidOperationException())")]
    [InlineData("numbers.Where(x => throw new InvalidOperationException())")]
    [InlineData("numbers.Select(x => x + 1)")]
    [InlineData("numbers.Select(x => (object)DownloadAsync(x))")]
    [InlineData("numbers.Select(x => new { Task = DownloadAsync(x) })")]
    [InlineData("numbers.Select(x => new Func<Task<int>>(() => DownloadAsync(x)))")]
    [InlineData("numbers.Select(x => PagesAsync(x))")]
    [InlineData("numbers.Select(Twice, new() { Parallelism = 4 })")]
    [InlineData("numbers.Select(() => DownloadAsync(1), (worker, x) => x)")]
    [InlineData("numbers.SelectAsync(DownloadAsync)")]
    [InlineData("numbers.SelectAsync(async x => await DownloadAsync(x))")]
    [InlineData("numbers.SelectAsync(() => new Store(), async (worker, x) => await worker.TryPutAsync(x))")]
    [InlineData("numbers.WhereAsync(AskAsync)")]
    [InlineData("numbers.SelectManyAsync(PagesAsync)")]
    [InlineData("numbers.ForEachAsync(store.AddAsync)")]
    [InlineData("numbers.Consume(async (reader, cancel) => await reader.ReadAsync(cancel))")]
    [InlineData("numbers.Transform((items, _) => items)")]
    [InlineData("Pipeline.Produce<int>(async (writer, cancel) => await writer.WriteAsync(1, cancel))")]
    [InlineData("Enumerable.Range(0, 3).Select(async x => await DownloadAsync(x))")]
    [InlineData("texts.SelectAsync(File.ReadAllTextAsync)")]
    public async Task Call_AsItShouldBe_IsNotFound(string call) => await Findings.AssertAsync(Id, Source.Statements($"_ = {call};"));

    // Somebody is in the middle of writing it.
    [Theory]
    [InlineData("numbers.Select(")]
    [InlineData("numbers.Select(x => Unknown(x))")]
    [InlineData("numbers.Select(Unknown)")]
    [InlineData("numbers.Select(x => )")]
    [InlineData("numbers.Where(x => x + 1)")]
    [InlineData("numbers.Select()")]
    [InlineData("numbers.SelectAsync(async x => Unknown(x))")]
    [InlineData("numbers.NoSuchOperator(async x => x)")]
    [InlineData("unknown.Select(async x => x)")]
    [InlineData("numbers.SelectAsync(async (a, b, c, d) => a)")]
    [InlineData("Pipeline.Produce<int>(async writer => await writer.WriteAsync(1))")]
    [InlineData("numbers.Select(default)")]
    [InlineData("numbers.Select(null!, null!, null!, null!, null!)")]
    [InlineData("numbers.Tee(branch => branch.)")]
    [InlineData("numbers?.?.Select(async")]
    public async Task BrokenCode_ForAnotherCause_IsNotFound(string call) => await Findings.AssertBrokenAsync(Id, Source.Statements($"_ = {call};"));

    [Fact]
    public async Task TopLevelStatements_AreLookedAt() =>
        await Findings.AssertAsync(
            Id,
            Source.File("""
                Pipeline<Task<string>> all = Pipeline.Range(0, 3).Select(x => x.ToString()).[|Select|](File.ReadAllTextOrSo);
                await all.Do(_ => { }).ForEach(Console.WriteLine).RunAsync();

                static class File { public static Task<string> ReadAllTextOrSo(string path) => Task.FromResult(path); }
                """),
            OutputKind.ConsoleApplication);

    [Fact]
    public async Task StrangersOfTheSameName_AreNotFound() =>
        await Findings.AssertAsync(
            Id,
            Source.File("""
                namespace Company.Pipelines
                {
                    public sealed class Pipeline<T>
                    {
                        public Pipeline<U> Select<U>(Func<T, U> selector) => new();
                        public Pipeline<U> SelectAsync<U>(Func<T, Task<U>> selector) => new();
                    }

                    public static class User
                    {
                        public static void Build(Pipeline<int> numbers) => numbers.Select(async x => x);
                    }
                }
                """));

    private static async Task AssertAdviceAsync(string call, string advice) =>
        Assert.EndsWith(advice, Assert.Single(await Findings.AssertAsync(Id, Source.Statements($"_ = {call};"))), StringComparison.Ordinal);

    private static async Task AssertAdviceOfBrokenAsync(string call, string advice) =>
        Assert.EndsWith(advice, Assert.Single(await Findings.AssertBrokenAsync(Id, Source.Statements($"_ = {call};"))), StringComparison.Ordinal);
}

namespace Pipelines.Analyzers.Tests;

/// <summary>The fix of PIPE001 writes the asynchronous form where there is one right answer, and offers nothing where there is not.</summary>
public sealed class AsynchronousDelegateFixTests
{
    [Theory]
    [InlineData("numbers.Select(async x => await DownloadAsync(x))", "numbers.SelectAsync(async x => await DownloadAsync(x))")]
    [InlineData("numbers.Select(DownloadAsync)", "numbers.SelectAsync(DownloadAsync)")]
    [InlineData("numbers.Select<Task<int>>(x => DownloadAsync(x))", "numbers.SelectAsync(x => DownloadAsync(x))")]
    [InlineData("numbers.Select(DownloadWithTokenAsync, new() { Parallelism = 4 })", "numbers.SelectAsync(DownloadWithTokenAsync, new() { Parallelism = 4 })")]
    [InlineData(
        "numbers.Select(async (x, cancel) => await DownloadWithTokenAsync(x, cancel))",
        "numbers.SelectAsync(async (x, cancel) => await DownloadWithTokenAsync(x, cancel))")]
    [InlineData("texts.Select(File.ReadAllTextAsync)", "texts.SelectAsync(File.ReadAllTextAsync)")]
    [InlineData("perhaps?.Select(DownloadAsync)", "perhaps?.SelectAsync(DownloadAsync)")]
    [InlineData("numbers.Where(AskAsync).Select(x => x + 1)", "numbers.WhereAsync(AskAsync).Select(x => x + 1)")]
    [InlineData("numbers.Where(async x => await AskAsync(x))", "numbers.WhereAsync(async x => await AskAsync(x))")]
    [InlineData("numbers.SelectMany(PagesAsync)", "numbers.SelectManyAsync(PagesAsync)")]
    [InlineData("numbers.ForEach(store.AddAsync)", "numbers.ForEachAsync(store.AddAsync)")]
    [InlineData("numbers.ForEach(async x => { await Task.Yield(); })", "numbers.ForEachAsync(async x => { await Task.Yield(); })")]
    [InlineData("numbers.ForEach(x => store.PutAsync(x))", "numbers.ForEachAsync(x => store.PutAsync(x))")]
    [InlineData("numbers /* all */ .Select /* late */ (DownloadAsync)", "numbers /* all */ .SelectAsync /* late */ (DownloadAsync)")]
    [InlineData("numbers.Do(store.AddAsync)", "numbers.SelectAsync(async item => { await store.AddAsync(item); return item; })")]
    [InlineData("numbers.Do(x => store.AddAsync(x))", "numbers.SelectAsync(async x => { await store.AddAsync(x); return x; })")]
    [InlineData("numbers.Do(x => store.TryPutAsync(x))", "numbers.SelectAsync(async x => { await store.TryPutAsync(x); return x; })")]
    [InlineData("numbers.Do(async x => await store.AddAsync(x))", "numbers.SelectAsync(async x => { await store.AddAsync(x); return x; })")]
    [InlineData("numbers.Do(async x => { await Task.Yield(); })", "numbers.SelectAsync(async x => { await Task.Yield(); return x; })")]
    [InlineData(
        "numbers.Do(async x =>\n{\n    // Now.\n    await Task.Yield(); // Done.\n})",
        "numbers.SelectAsync(async x =>\n{\n    // Now.\n    await Task.Yield(); // Done.\n    return x;\n})")]
    public async Task Fix_OneRightAnswer_IsWritten(string call, string expected)
    {
        string? code = await Findings.FixAsync(new AsynchronousDelegateFix(), Source.Statements($"_ = {call};"));
        Assert.Equal($"_ = {expected};", code is null ? null : Source.StatementsOf(code));
    }

    // A task without a result, a wrong result, a form that does not exist, an item that has no name, a block that returns early.
    [Theory]
    [InlineData("numbers.Select(async x => { await Task.Yield(); })")]
    [InlineData("numbers.Select(store.AddAsync)")]
    [InlineData("numbers.Where(async x => await DownloadAsync(x))")]
    [InlineData("texts.SelectMany(async text => Tokenize(text))")]
    [InlineData("numbers.DistinctBy(DownloadAsync)")]
    [InlineData("numbers.ForEach(SaveInVoid)")]
    [InlineData("numbers.Do(async _ => await Task.Yield())")]
    [InlineData("numbers.Do(async x => { if (x == 0) { return; } await Task.Yield(); })")]
    public async Task Fix_NoRightAnswer_IsNotOffered(string call) =>
        Assert.Null(await Findings.FixAsync(new AsynchronousDelegateFix(), Source.Statements($"_ = {call};")));
}

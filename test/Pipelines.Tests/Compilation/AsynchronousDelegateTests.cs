namespace Pipelines.Tests.Compilation;

/// <summary>
/// Which delegates a synchronous block is bound to. An asynchronous lambda that would become an async void does not compile, with or without the analyzer;
/// all others are the analyzer's to find, and are in its tests.
/// </summary>
public sealed class AsynchronousDelegateTests
{
    [Theory]
    [InlineData("numbers.Do(async x => { await Task.Yield(); })")]
    [InlineData("numbers.Do(async x => await store.AddAsync(x))")]
    [InlineData("numbers.Do(async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.Do(async x => { await Task.Yield(); throw new InvalidOperationException(); })")]
    [InlineData("numbers.Do(async delegate (int x) { await Task.Yield(); })")]
    [InlineData("numbers.Do(x => store.AddAsync(x))")]
    [InlineData("numbers.Do(store.AddAsync)")]
    public void Do_AsynchronousLambda_NamesSelectAsync(string call) => AssertRefused(call, "call SelectAsync");

    [Theory]
    [InlineData("numbers.ForEach(async x => { await Task.Yield(); })")]
    [InlineData("numbers.ForEach(async x => await store.AddAsync(x))")]
    [InlineData("numbers.ForEach(async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.ForEach(async x => { await Task.Yield(); throw new InvalidOperationException(); })")]
    [InlineData("numbers.ForEach(async delegate (int x) { await Task.Yield(); })")]
    [InlineData("numbers.ForEach(x => store.AddAsync(x))")]
    [InlineData("numbers.ForEach(store.AddAsync)")]
    [InlineData("numbers.ForEach(DownloadAsync)")]
    public void ForEach_AsynchronousLambda_NamesForEachAsync(string call) => AssertRefused(call, "call ForEachAsync");

    // These compile, or fail for a cause of their own: nothing on the public face is there to catch them.
    [Theory]
    [InlineData("numbers.Select(async x => await DownloadAsync(x))", "Func<int, Task<int>>")]
    [InlineData("numbers.Select(x => LookUpAsync(x))", "Func<int, ValueTask<int>>")]
    [InlineData("numbers.Select(DownloadAsync)", "Func<int, Task<int>>")]
    [InlineData("numbers.ForEach(x => store.PutAsync(x))", "Action<int>")]
    public void SynchronousBlock_OtherAsynchronousDelegate_IsTheAnalyzersToFind(string call, string delegateType) => AssertBound(call, delegateType);

    // A lambda that only throws converts to any delegate, an asynchronous one too: the refusal must not catch it.
    [Theory]
    [InlineData("numbers.Where(x => throw new InvalidOperationException())", "Func<int, bool>")]
    [InlineData("numbers.Where(x => { throw new InvalidOperationException(); })", "Func<int, bool>")]
    [InlineData("numbers.Do(x => throw new InvalidOperationException())", "Action<int>")]
    [InlineData("numbers.Do(x => { throw new InvalidOperationException(); })", "Action<int>")]
    [InlineData("numbers.ForEach(x => throw new InvalidOperationException())", "Action<int>")]
    [InlineData("numbers.ForEach(x => { throw new InvalidOperationException(); })", "Action<int>")]
    [InlineData("numbers.ForEach(x => { while (true) { } })", "Action<int>")]
    [InlineData("numbers.Select(x => x == 3 ? throw new InvalidOperationException() : x)", "Func<int, int>")]
    [InlineData("numbers.Select(int (int x) => throw new InvalidOperationException())", "Func<int, int>")]
    [InlineData("numbers.Select<int>(x => throw new InvalidOperationException())", "Func<int, int>")]
    public void SynchronousBlock_DelegateThatThrows_Compiles(string call, string delegateType) => AssertBound(call, delegateType);

    [Theory]
    [InlineData("numbers.ForEach(new List<int>().Add)", "Action<int>")]
    [InlineData("numbers.ForEach(x => new HashSet<int>().Add(x))", "Action<int>")]
    [InlineData("numbers.ForEach(x => Console.WriteLine(x))", "Action<int>")]
    [InlineData("numbers.ForEach(Console.WriteLine)", "Action<int>")]
    [InlineData("numbers.ForEach(_ => { })", "Action<int>")]
    [InlineData("numbers.Do(x => folder = x.ToString())", "Action<int>")]
    [InlineData("numbers.Do(Console.WriteLine)", "Action<int>")]
    [InlineData("numbers.Select(x => x + 1)", "Func<int, int>")]
    [InlineData("numbers.Select(x => (object)x)", "Func<int, object>")]
    [InlineData("numbers.Select(x => x == 0 ? null : x.ToString())", "Func<int, string>")]
    [InlineData("numbers.Select<int>(x => x)", "Func<int, int>")]
    [InlineData("numbers.Select(x => x, new() { Parallelism = 4 })", "Func<int, int>")]
    [InlineData("texts.Select(int.Parse, new() { Parallelism = 4, Ordered = false })", "Func<string, int>")]
    [InlineData("texts.Select(int.Parse)", "Func<string, int>")]
    [InlineData("texts.Select(File.ReadAllText)", "Func<string, string>")]
    [InlineData("numbers.Where(int.IsEvenInteger)", "Func<int, bool>")]
    [InlineData("numbers.Where(x => x > 3)", "Func<int, bool>")]
    public void SynchronousBlock_SynchronousDelegate_Compiles(string call, string delegateType) => AssertBound(call, delegateType);

    private static void AssertRefused(string call, string advice)
    {
        string error = Assert.Single(new Snippet($"_ = {call};").Errors);
        Assert.StartsWith("CS0619", error, StringComparison.Ordinal);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    private static void AssertBound(string call, string delegateType)
    {
        var snippet = new Snippet($"_ = {call};");
        Assert.Empty(snippet.Errors);
        Assert.Equal(delegateType, snippet.DelegateType);
    }
}

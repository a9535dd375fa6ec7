namespace Pipelines.Tests.Compilation;

/// <summary>An asynchronous delegate given to a synchronous block does not compile, and the compiler says what to call instead.</summary>
public sealed class AsynchronousDelegateTests
{
    [Theory]
    [InlineData("numbers.Select(async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.Select(async x => await DownloadAsync(x))")]
    [InlineData("numbers.Select(async x => { await Task.Yield(); })")]
    [InlineData("numbers.Select(async (x, token) => await DownloadWithTokenAsync(x, token))")]
    [InlineData("numbers.Select(x => DownloadAsync(x))")]
    [InlineData("numbers.Select(x => LookUpAsync(x))")]
    [InlineData("numbers.Select(x => store.PutAsync(x))")]
    [InlineData("numbers.Select(DownloadAsync)")]
    [InlineData("numbers.Select(LookUpAsync)")]
    [InlineData("numbers.Select(DownloadWithTokenAsync)")]
    [InlineData("numbers.Select(LookUpWithTokenAsync)")]
    [InlineData("numbers.Select(store.AddAsync)")]
    [InlineData("numbers.Select(store.PutAsync)")]
    [InlineData("texts.Select(File.ReadAllTextAsync)")]
    [InlineData("numbers.Select(DownloadAsync, new() { Parallelism = 4 })")]
    [InlineData("numbers.Select(async x => await DownloadAsync(x), new BlockOptions { Parallelism = 4 })")]
    public void Select_AsynchronousDelegate_NamesSelectAsync(string call) => AssertRefused(call, "call SelectAsync");

    [Theory]
    [InlineData("numbers.Where(async x => { await Task.Yield(); return true; })")]
    [InlineData("numbers.Where(async x => await AskAsync(x))")]
    [InlineData("numbers.Where(async (x, token) => await AskAsync(x))")]
    [InlineData("numbers.Where(x => AskAsync(x))")]
    [InlineData("numbers.Where(x => CheckAsync(x))")]
    [InlineData("numbers.Where(AskAsync)")]
    [InlineData("numbers.Where(CheckAsync)")]
    public void Where_AsynchronousDelegate_NamesWhereAsync(string call) => AssertRefused(call, "call WhereAsync");

    [Theory]
    [InlineData("numbers.Do(async x => { await Task.Yield(); })")]
    [InlineData("numbers.Do(async x => await store.AddAsync(x))")]
    [InlineData("numbers.Do(async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.Do(x => store.AddAsync(x))")]
    [InlineData("numbers.Do(x => store.PutAsync(x))")]
    [InlineData("numbers.Do(x => store.TryPutAsync(x))")]
    [InlineData("numbers.Do(store.AddAsync)")]
    [InlineData("numbers.Do(store.PutAsync)")]
    [InlineData("numbers.Do(store.AddWithTokenAsync)")]
    [InlineData("numbers.Do(store.PutWithTokenAsync)")]
    public void Do_AsynchronousDelegate_NamesSelectAsync(string call) => AssertRefused(call, "call SelectAsync");

    [Theory]
    [InlineData("numbers.ForEach(async x => { await Task.Yield(); })")]
    [InlineData("numbers.ForEach(async x => await store.AddAsync(x))")]
    [InlineData("numbers.ForEach(async x => { await Task.Yield(); return x; })")]
    [InlineData("numbers.ForEach(async (x, token) => await store.AddWithTokenAsync(x, token))")]
    [InlineData("numbers.ForEach(x => store.AddAsync(x))")]
    [InlineData("numbers.ForEach(x => store.PutAsync(x))")]
    [InlineData("numbers.ForEach(x => store.TryPutAsync(x))")]
    [InlineData("numbers.ForEach(store.AddAsync)")]
    [InlineData("numbers.ForEach(store.PutAsync)")]
    [InlineData("numbers.ForEach(store.TryPutAsync)")]
    [InlineData("numbers.ForEach(store.AddWithTokenAsync)")]
    [InlineData("numbers.ForEach(store.PutWithTokenAsync)")]
    [InlineData("numbers.ForEach(DownloadAsync)")]
    public void ForEach_AsynchronousDelegate_NamesForEachAsync(string call) => AssertRefused(call, "call ForEachAsync");

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

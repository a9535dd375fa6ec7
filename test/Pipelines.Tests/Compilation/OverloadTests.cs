namespace Pipelines.Tests.Compilation;

/// <summary>The forms in which users write delegates compile, and each is bound to the overload that costs it least.</summary>
public sealed class OverloadTests
{
    private const string ValueTaskWithToken = "Func<int, CancellationToken, ValueTask<int>>";
    private const string TaskWithToken = "Func<int, CancellationToken, Task<int>>";
    private const string ValueTaskOnly = "Func<int, ValueTask<int>>";
    private const string TaskOnly = "Func<int, Task<int>>";

    [Theory]
    [InlineData("texts.SelectAsync(File.ReadAllTextAsync, new() { Parallelism = 4 })", "Func<string, CancellationToken, Task<string>>")]
    [InlineData("texts.SelectAsync(File.ReadAllTextAsync)", "Func<string, CancellationToken, Task<string>>")]
    [InlineData("numbers.SelectAsync(DownloadAsync)", TaskOnly)]
    [InlineData("numbers.SelectAsync(DownloadWithTokenAsync)", TaskWithToken)]
    [InlineData("numbers.SelectAsync(LookUpAsync)", ValueTaskOnly)]
    [InlineData("numbers.SelectAsync(LookUpWithTokenAsync)", ValueTaskWithToken)]
    [InlineData("numbers.SelectAsync(LookUpAsync, new() { Parallelism = 16, Ordered = false })", ValueTaskOnly)]
    [InlineData("numbers.SelectAsync(async x => { await Task.Yield(); return x; })", ValueTaskOnly)]
    [InlineData("numbers.SelectAsync(async (x, token) => { await Task.Delay(x, token); return x; })", ValueTaskWithToken)]
    [InlineData("numbers.SelectAsync(async (x, _) => await DownloadAsync(x), new() { Name = \"download\" })", ValueTaskWithToken)]
    [InlineData("numbers.SelectAsync(x => Task.FromResult(x))", TaskOnly)]
    [InlineData("numbers.SelectAsync((x, token) => DownloadWithTokenAsync(x, token))", TaskWithToken)]
    [InlineData("numbers.SelectAsync(x => ValueTask.FromResult(x))", ValueTaskOnly)]
    [InlineData("numbers.SelectAsync<int>(x => throw new InvalidOperationException())", ValueTaskOnly)]
    [InlineData("numbers.SelectAsync<int>(async x => { await Task.Yield(); throw new InvalidOperationException(); })", ValueTaskOnly)]
    public void SelectAsync_Delegate_IsBound(string call, string delegateType) => AssertBound(call, delegateType);

    [Theory]
    [InlineData("numbers.WhereAsync(async x => true)", "Func<int, ValueTask<bool>>")]
    [InlineData("numbers.WhereAsync(async (x, token) => true)", "Func<int, CancellationToken, ValueTask<bool>>")]
    [InlineData("numbers.WhereAsync(AskAsync)", "Func<int, Task<bool>>")]
    [InlineData("numbers.WhereAsync(CheckAsync, new() { Capacity = 2 })", "Func<int, ValueTask<bool>>")]
    [InlineData("numbers.WhereAsync(x => throw new InvalidOperationException())", "Func<int, ValueTask<bool>>")]
    public void WhereAsync_Delegate_IsBound(string call, string delegateType) => AssertBound(call, delegateType);

    [Theory]
    [InlineData("numbers.SelectManyAsync(x => PagesAsync(x))", "Func<int, IAsyncEnumerable<int>>")]
    [InlineData("numbers.SelectManyAsync(PagesAsync)", "Func<int, IAsyncEnumerable<int>>")]
    [InlineData("numbers.SelectManyAsync((x, token) => PagesAsync(x))", "Func<int, CancellationToken, IAsyncEnumerable<int>>")]
    [InlineData("texts.SelectManyAsync((path, token) => File.ReadLinesAsync(path, token))", "Func<string, CancellationToken, IAsyncEnumerable<string>>")]
    [InlineData("texts.SelectManyAsync(File.ReadLinesAsync)", "Func<string, CancellationToken, IAsyncEnumerable<string>>")]
    [InlineData("texts.SelectMany(Tokenize)", "Func<string, IEnumerable<string>>")]
    [InlineData("texts.SelectMany(text => text.Split(' '))", "Func<string, IEnumerable<string>>")]
    [InlineData("texts.SelectMany(File.ReadLines)", "Func<string, IEnumerable<string>>")]
    public void SelectMany_Delegate_IsBound(string call, string delegateType) => AssertBound(call, delegateType);

    [Theory]
    [InlineData("numbers.ForEachAsync(store.AddAsync)", "Func<int, Task>")]
    [InlineData("numbers.ForEachAsync(store.PutAsync)", "Func<int, ValueTask>")]
    [InlineData("numbers.ForEachAsync(store.AddWithTokenAsync)", "Func<int, CancellationToken, Task>")]
    [InlineData("numbers.ForEachAsync(store.PutWithTokenAsync, new() { Parallelism = 2 })", "Func<int, CancellationToken, ValueTask>")]
    [InlineData("numbers.ForEachAsync(async x => await store.AddAsync(x))", "Func<int, ValueTask>")]
    [InlineData("numbers.ForEachAsync(async (x, token) => await store.AddWithTokenAsync(x, token))", "Func<int, CancellationToken, ValueTask>")]
    [InlineData("numbers.ForEachAsync(x => store.AddAsync(x))", "Func<int, Task>")]
    [InlineData("numbers.ForEachAsync(x => throw new InvalidOperationException())", "Func<int, ValueTask>")]
    [InlineData("numbers.ForEachAsync(DownloadAsync)", "Func<int, Task>")]
    public void ForEachAsync_Delegate_IsBound(string call, string delegateType) => AssertBound(call, delegateType);

    [Theory]
    [InlineData(
        """
        numbers.Transform<string>(async (reader, writer, token) =>
        {
            await foreach (int item in reader.ReadAllAsync(token))
            {
                await writer.WriteAsync(item.ToString(), token);
            }
        })
        """,
        "Func<ChannelReader<int>, ChannelWriter<string>, CancellationToken, Task>")]
    [InlineData(
        "numbers.Transform((ChannelReader<int> reader, ChannelWriter<string> writer, CancellationToken token) => Task.CompletedTask)",
        "Func<ChannelReader<int>, ChannelWriter<string>, CancellationToken, Task>")]
    [InlineData("numbers.Transform((items, token) => items)", "Func<IAsyncEnumerable<int>, CancellationToken, IAsyncEnumerable<int>>")]
    [InlineData(
        "numbers.Transform((items, token) => items.Select(item => item.ToString()))",
        "Func<IAsyncEnumerable<int>, CancellationToken, IAsyncEnumerable<string>>")]
    [InlineData(
        "Pipeline.Produce<int>(async (writer, token) => await writer.WriteAsync(1, token))",
        "Func<ChannelWriter<int>, CancellationToken, Task>")]
    [InlineData(
        "numbers.Consume(async (reader, token) => { while (await reader.WaitToReadAsync(token)) { reader.TryRead(out int item); } })",
        "Func<ChannelReader<int>, CancellationToken, Task>")]
    public void GeneralBlock_Lambda_IsBound(string call, string delegateType) => AssertBound(call, delegateType);

    [Theory]
    [InlineData("Pipeline.From(new[] { 1, 2 })", "IEnumerable<int>")]
    [InlineData("Pipeline.From(Directory.EnumerateFiles(folder, \"*.xml\"))", "IEnumerable<string>")]
    [InlineData("Pipeline.From(new List<int>())", "IEnumerable<int>")]
    [InlineData("Pipeline.From(PagesAsync(1))", "IAsyncEnumerable<int>")]
    [InlineData("Pipeline.From(Channel.CreateBounded<int>(1).Reader)", "ChannelReader<int>")]
    [InlineData("Pipeline.From(new Pipelines.Channels.RingChannel<int>(1).Reader)", "ChannelReader<int>")]
    [InlineData("Pipeline.From([1, 2, 3])", "IEnumerable<int>")]
    public void From_Source_IsBound(string call, string sourceType) => AssertBound(call, sourceType);

    // Options are made where they stand: new() is never taken for another parameter.
    [Theory]
    [InlineData("numbers.Where(x => x > 1, new() { Name = \"x\", Parallelism = 4, OnError = ErrorPolicy.Skip })", "Func<int, bool>")]
    [InlineData("numbers.Where(int.IsEvenInteger, new() { Name = \"x\" })", "Func<int, bool>")]
    [InlineData("numbers.Select(x => x, new() { Name = \"x\" })", "Func<int, int>")]
    [InlineData("texts.SelectMany(Tokenize, new() { Parallelism = 2 })", "Func<string, IEnumerable<string>>")]
    [InlineData("numbers.Do(x => { }, new() { Parallelism = 2, Ordered = false })", "Action<int>")]
    [InlineData("numbers.Do(Console.WriteLine, new() { Name = \"x\" })", "Action<int>")]
    [InlineData("numbers.ForEach(x => { }, new() { Parallelism = 2 })", "Action<int>")]
    [InlineData("numbers.ForEach(new List<int>().Add, new() { OnError = ErrorPolicy.Skip })", "Action<int>")]
    [InlineData("numbers.Scan(0, (sum, x) => sum + x, new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Scan(0L, (sum, x) => sum + x)", "long")]
    [InlineData("numbers.Scan(() => new List<int>(), (list, x) => { list.Add(x); return list; })", "Func<List<int>>")]
    [InlineData("numbers.Scan(() => 0, (sum, x) => sum + x, new() { Name = \"x\" })", "Func<int>")]
    [InlineData("numbers.TakeWhile(x => x > 1, new() { OnError = ErrorPolicy.Skip })", "Func<int, bool>")]
    [InlineData("numbers.TakeUntil(x => x > 1, new() { Name = \"x\" })", "Predicate<int>")]
    [InlineData("numbers.DistinctBy(x => x, new() { Name = \"x\" })", "Func<int, int>")]
    [InlineData("numbers.DistinctBy(x => x, EqualityComparer<int>.Default, new() { Name = \"x\" })", "Func<int, int>")]
    [InlineData("numbers.DistinctBy(x => x, comparer: null, options: null)", "Func<int, int>")]
    [InlineData("numbers.Distinct(new() { Name = \"x\" })", "BlockOptions")]
    [InlineData("texts.Distinct(StringComparer.Ordinal)", "IEqualityComparer<string>")]
    [InlineData("numbers.Take(1, new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Window(3, 1, new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Batch(3, new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Batch(3, TimeSpan.FromSeconds(1), new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Batch(3, x => x, null, new() { Name = \"x\" })", "long")]
    [InlineData("numbers.Buffer(3, new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Buffer(3, BoundedChannelFullMode.DropOldest, new() { Name = \"x\" })", "int")]
    [InlineData("numbers.Partition(x => x, 3, lane => lane, new() { Name = \"x\" })", "Func<int, int>")]
    [InlineData("numbers.Partition(x => x, 3, lane => lane, EqualityComparer<int>.Default)", "Func<int, int>")]
    [InlineData("numbers.Transform((items, token) => items, new() { Capacity = 3 })", "Func<IAsyncEnumerable<int>, CancellationToken, IAsyncEnumerable<int>>")]
    [InlineData("numbers.To(Channel.CreateUnbounded<int>().Writer, new() { Name = \"x\" }, leaveOpen: true)", "ChannelWriter<int>")]
    [InlineData("Pipeline.From(new[] { 1 }, new() { Name = \"x\" })", "IEnumerable<int>")]
    [InlineData("Pipeline.Produce<int>((writer, token) => Task.CompletedTask, new() { Capacity = 3 })", "Func<ChannelWriter<int>, CancellationToken, Task>")]
    [InlineData("numbers.ToDictionaryAsync(x => x, new() { Name = \"x\" })", "Func<int, int>")]
    [InlineData("numbers.ToDictionaryAsync(x => x, x => x.ToString(), cancellationToken)", "Func<int, int>")]
    [InlineData("texts.ToDictionaryAsync(x => x, StringComparer.Ordinal, new() { Capacity = 3 }, cancellationToken)", "Func<string, string>")]
    [InlineData("texts.ToDictionaryAsync(x => x, x => 1, StringComparer.Ordinal)", "Func<string, string>")]
    [InlineData("Pipeline.Merge(numbers, numbers)", "ReadOnlySpan<Pipeline<int>>")]
    [InlineData("Pipeline.Concat([numbers, numbers])", "ReadOnlySpan<Pipeline<int>>")]
    [InlineData("Pipeline.Merge(new[] { numbers, numbers })", "ReadOnlySpan<Pipeline<int>>")]
    [InlineData("numbers.Merge(numbers, numbers)", "ReadOnlySpan<Pipeline<int>>")]
    [InlineData("numbers.Zip(texts)", "Pipeline<string>")]
    [InlineData("new[] { 1, 2 }.ToPipeline()", "ProducerOptions")]
    [InlineData("PagesAsync(1).ToPipeline(new() { Name = \"x\" })", "ProducerOptions")]
    [InlineData("Channel.CreateUnbounded<int>().Reader.ToPipeline()", "ProducerOptions")]
    public void Options_MadeInPlace_AreBound(string call, string firstParameter) => AssertBound(call, firstParameter);

    private static void AssertBound(string call, string delegateType)
    {
        var snippet = new Snippet($"_ = {call};");
        Assert.Empty(snippet.Errors);
        Assert.Equal(delegateType, snippet.DelegateType);
    }
}

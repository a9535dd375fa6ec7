namespace Pipelines.Processes.Tests.Life;

/// <summary>What cannot be sent is refused when the pipeline is built, by name.</summary>
public sealed class RefusalTests
{
    private static readonly BlockOptions s_options = new() { Workers = new ProcessWorkers() };

    private readonly int _field = 3;

    [Fact]
    public void Select_Captures_AreNamed()
    {
        int factor = 3;
        List<int> others = [1];
        string message = Refused(p => p.Select(number => (number * factor) + others.Count, s_options));
        Assert.All(["captures ", "factor", "others", ": a worker process has none of that"], part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Contains(
            "captures factor", Refused(p => p.Select(static () => new Engine(), (engine, number) => number * factor, s_options)), StringComparison.Ordinal);
        Assert.Contains(
            "'s worker captures factor", Refused(p => p.Select(() => new Generic(factor), static (worker, number) => number, s_options)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Select_BoundMethod_IsNamed()
    {
        Assert.Contains("RefusalTests.Add bound to an object", Refused(p => p.Select(Add, s_options)), StringComparison.Ordinal);
        Assert.Contains("bound to an object", Refused(p => p.Select(number => number + _field, s_options)), StringComparison.Ordinal);
    }

    [Fact]
    public void Select_SeveralMethods_AreRefused()
    {
        Func<int, int> several = Work.Square;
        several += Work.ProcessId;
        Assert.Contains("several methods", Refused(p => p.Select(several, s_options)), StringComparison.Ordinal);
    }

    [Fact]
    public void Select_CodeMadeAtRunTime_IsRefused()
    {
        Func<int, int> made = System.Linq.Expressions.Expression.Lambda<Func<int, int>>(
            System.Linq.Expressions.Expression.Constant(1), System.Linq.Expressions.Expression.Parameter(typeof(int))).Compile();
        Assert.Contains("made at run time", Refused(p => p.Select(made, s_options)), StringComparison.Ordinal);
    }

    [Fact]
    public void Select_ItemsThatCannotBeCarried_AreNamed()
    {
        Assert.Contains(
            "MemoryStream hides what it is made of", Refused(p => p.Select(static number => new MemoryStream(number), s_options)), StringComparison.Ordinal);
        Assert.Contains(
            "Order.Customer.Avatar", Refused(p => p.Select(static number => default(Codec.Order)!, s_options).Select(static _ => 0)), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherBlocks_RefuseWorkers()
    {
        Pipeline<int> numbers = Pipeline.Range(0, 3);
        foreach (Action build in (Action[])
        [
            () => numbers.Where(static number => number > 1, s_options), () => numbers.ForEach(static _ => { }, s_options),
            () => numbers.Do(static _ => { }, s_options),
            () => numbers.SelectMany(static number => new[] { number }, s_options), () => numbers.WhereAsync(static _ => Task.FromResult(true), s_options),
            () => numbers.ForEachAsync(static _ => Task.CompletedTask, s_options), () => numbers.Batch(3, s_options),
        ])
        {
            Assert.Contains("Workers = ProcessWorkers means nothing for", Assert.Throws<ArgumentException>(build).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessWorkers { Attempts = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessWorkers { RecycleAfter = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessWorkers { MemoryLimit = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessWorkers { StartTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessWorkers { GracePeriod = -TimeSpan.FromSeconds(1) });
        Assert.Throws<ArgumentException>(() => new ProcessWorkers { Serializers = [typeof(string)] });
        Assert.Throws<ArgumentNullException>(() => new BlockOptions { Workers = null! });
    }

    private int Add(int number) => number + _field;

    private static string Refused<T>(Func<Pipeline<int>, Pipeline<T>> build) =>
        Assert.Throws<NotSupportedException>(() => build(Pipeline.Range(0, 3))).Message;

    private sealed record Generic(int Value);
}

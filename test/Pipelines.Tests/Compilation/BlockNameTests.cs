using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Pipelines.Tests.Compilation;

/// <summary>A block is called what the user wrote: the expression it was given, or the operator and its figure where there is none.</summary>
public sealed class BlockNameTests
{
    // Before the tables: they are made with them.
    private static readonly int[] Sequence = [1, 2, 3];
    private static readonly Channel<int> Pipe = Channel.CreateUnbounded<int>();
    private static readonly Pipeline<int> Numbers = Pipeline.Range(0, 10);

    private static readonly Dictionary<string, (Pipeline<int> Pipeline, string Name)> Producers = Named<Pipeline<int>>(
        ("From", Pipeline.From(Sequence), "Sequence"),
        ("From", Pipeline.From(Stream()), "Stream()"),
        ("From", Pipeline.From(Pipe.Reader), "Pipe.Reader"),
        ("Range", Pipeline.Range(0, 10), "Range"),
        ("ToPipeline", Sequence.ToPipeline(), "Sequence"),
        ("Range", Pipeline.Range(0, 10, new() { Name = "numbers" }), "numbers"),
        ("Produce", Pipeline.Produce<int>(WriteAsync), "WriteAsync"),
        ("Merge", Pipeline.Merge<int>(), "Merge"),
        ("Concat", Pipeline.Concat<int>(), "Concat"),
        ("Zip", Pipeline.Zip(Pipeline.Merge<int>(), Pipeline.Merge<int>()).Select(pair => pair.First), "Merge"));

    private static readonly Dictionary<string, (Pipeline<int> Pipeline, string Name)> Transforms = Named<Pipeline<int>>(
        ("Select", Numbers.Select(Twice), "Twice"),
        ("Select", Numbers.Select(x => x + 1), "x => x + 1"),
        ("Select", Numbers.Select(new Func<int, int>(Twice).Invoke), "new Func<int, int>(Twice).Invoke"),
        ("Select", Numbers.Select(Half, new() { Parallelism = 4 }), "Half"),
        ("Select", Numbers.Select(Twice, new() { Name = "twice" }), "twice"),
        ("Where", Numbers.Where(int.IsEvenInteger), "int.IsEvenInteger"),
        ("SelectMany", Numbers.SelectMany(Digits), "Digits"),
        ("Do", Numbers.Do(Look), "Look"),
        ("Scan", Numbers.Scan(0, Math.Max), "Math.Max"),
        ("Scan", Numbers.Scan(() => 0, Math.Min), "Math.Min"),
        ("Fuse", Numbers.Fuse(MakeStep), "MakeStep"),
        ("Distinct", Numbers.Distinct(), "Distinct"),
        ("Where", Numbers.Where(int.IsEvenInteger, new() { Name = "even" }), "even"),
        ("Take", Numbers.Take(3, new() { Name = "three" }), "three"),
        ("Batch", Numbers.Batch(3, new() { Name = "rows" }).Cast<int>(), "rows"),
        ("Buffer", Numbers.Buffer(3, new() { Name = "queue" }), "queue"),
        ("Take", Numbers.Take(3), "Take(3)"),
        ("Skip", Numbers.Skip(3), "Skip(3)"),
        ("TakeWhile", Numbers.TakeWhile(int.IsPositive), "int.IsPositive"),
        ("TakeUntil", Numbers.TakeUntil(IsLast), "IsLast"),
        ("SkipWhile", Numbers.SkipWhile(int.IsNegative), "int.IsNegative"),
        ("DistinctBy", Numbers.DistinctBy(Twice), "Twice"),
        ("OfType", Numbers.OfType<int>(), "OfType<Int32>"),
        ("Cast", Numbers.Cast<int>(), "Cast<Int32>"),
        ("SelectAsync", Numbers.SelectAsync(TwiceAsync), "TwiceAsync"),
        ("SelectAsync", Numbers.SelectAsync(async x => await TwiceAsync(x)), "async x => await TwiceAsync(x)"),
        ("SelectAsync", Numbers.SelectAsync(TwiceAsync, new() { Name = "twice" }), "twice"),
        ("WhereAsync", Numbers.WhereAsync(AskAsync), "AskAsync"),
        ("SelectManyAsync", Numbers.SelectManyAsync(PagesAsync), "PagesAsync"),
        ("Batch", Numbers.Batch(100).Cast<int>(), "Batch(100)"),
        ("Batch", Numbers.Batch(100, TimeSpan.FromSeconds(1)).Cast<int>(), "Batch(100, 00:00:01)"),
        ("Batch", Numbers.Batch(100, WeighItem).Cast<int>(), "Batch(100, WeighItem)"),
        ("Select", Numbers.Select(() => new MemoryStream(), UseStream), "UseStream"),
        ("Tee", Numbers.Tee(branch => branch.ForEach(Look)), "Tee"),
        ("When", Numbers.When(int.IsEvenInteger, branch => branch.ForEach(Look)), "int.IsEvenInteger"),
        ("Partition", Numbers.Partition(Half, 2, lane => lane), "Half"),
        ("Through", Numbers.Through(p => p.Skip(1)), "Skip(1)"),
        ("Parallel", Numbers.Parallel(section => section.Select(Twice), new() { Parallelism = 2 }), "Twice"),
        ("Append", Numbers.Append(1), "Append"),
        ("Prepend", Numbers.Prepend(1), "Prepend"),
        ("Pairwise", Numbers.Pairwise().Select(pair => pair.Current), "Pairwise"),
        ("Index", Numbers.Index().Select(one => one.Item), "Index"),
        ("Window", Numbers.Window(3, 2).Cast<int>(), "Window(3, 2)"),
        ("Buffer", Numbers.Buffer(100, BoundedChannelFullMode.DropOldest), "Buffer(100, DropOldest)"),
        ("Buffer", Numbers.Buffer(100), "Buffer(100)"),
        ("Buffer", Numbers.Buffer(int.MaxValue), "Buffer(unbounded)"),
        ("Transform", Numbers.Transform<int>(CopyAsync), "CopyAsync"),
        ("Transform", Numbers.Transform((items, _) => items), "(items, _) => items"));

    private static readonly Dictionary<string, (Pipeline Pipeline, string Name)> Consumers = Named<Pipeline>(
        ("ForEach", Numbers.ForEach(Look), "Look"),
        ("ForEachAsync", Numbers.ForEachAsync(SaveAsync), "SaveAsync"),
        ("ForEachAsync", Numbers.ForEachAsync(SaveAsync, new() { Name = "save" }), "save"),
        ("Aggregate", Numbers.Aggregate(() => 0, Math.Max, Math.Max, Look), "Math.Max"),
        ("Consume", Numbers.Consume(ReadAsync), "ReadAsync"),
        ("To", Numbers.To(Pipe.Writer), "Pipe.Writer"));

    public static TheoryData<string> ProducerCalls => [.. Producers.Keys];

    public static TheoryData<string> TransformCalls => [.. Transforms.Keys];

    public static TheoryData<string> ConsumerCalls => [.. Consumers.Keys];

    [Theory]
    [MemberData(nameof(ProducerCalls))]
    public void Graph_Producer_IsNamedAfterItsExpression(string call) =>
        Assert.Equal(Producers[call].Name, Producers[call].Pipeline.ForEach(Look).Graph.Blocks[0].Name);

    [Theory]
    [MemberData(nameof(TransformCalls))]
    public void Graph_Transform_IsNamedAfterItsExpression(string call) =>
        Assert.Equal(Transforms[call].Name, Transforms[call].Pipeline.ForEach(Look).Graph.Blocks[1].Name);

    [Theory]
    [MemberData(nameof(ConsumerCalls))]
    public void Graph_Consumer_IsNamedAfterItsExpression(string call) =>
        Assert.Equal(Consumers[call].Name, Consumers[call].Pipeline.Graph.Blocks[^1].Name);

    // The two classes, and the static ones that extend them.
    private static IEnumerable<MethodInfo> PublicMethods => typeof(Pipeline).Assembly.GetExportedTypes()
        .Where(type => type == typeof(Pipeline) || type == typeof(Pipeline<>)
            || (type is { IsAbstract: true, IsSealed: true } && type.Namespace == nameof(Pipelines)))
        .SelectMany(type => type.GetMethods());

    // A new operator is missing above until it is added there.
    [Fact]
    public void Graph_EveryOperator_IsCoveredHere()
    {
        string[] operators =
        [
            .. PublicMethods
                .Where(method => method.ReturnType == typeof(Pipeline)
                    || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Pipeline<>)))
                .Select(method => method.Name)
                .Distinct()
                .Order(),
        ];
        string[] covered = [.. Producers.Keys.Concat(Transforms.Keys).Concat(Consumers.Keys).Select(OperatorOf).Distinct().Order()];
        Assert.Equal(covered, operators);
    }

    // Whoever takes a delegate takes its expression too; the refused overloads never make a block.
    [Fact]
    public void Operator_WithADelegate_TakesItsExpression()
    {
        IEnumerable<string> nameless = PublicMethods
            .Where(method => method.ReturnType.Name.StartsWith(nameof(Pipeline), StringComparison.Ordinal))
            .Where(method => method.ReturnType != typeof(PipelineRun) && method.ReturnType != typeof(PipelineGraph))
            .Where(method => method.GetCustomAttribute<EditorBrowsableAttribute>()?.State != EditorBrowsableState.Never)
            .Where(method => method.GetParameters().Any(parameter => typeof(Delegate).IsAssignableFrom(parameter.ParameterType)))
            .Where(method => method.Name != "Through") // which makes no block
            .Where(method => !method.GetParameters().Any(parameter => parameter.IsDefined(typeof(CallerArgumentExpressionAttribute))))
            .Select(method => method.ToString()!);
        Assert.Empty(nameless);
    }

    [Fact]
    public void Graph_SameExpressionTwice_IsNumbered()
    {
        Pipeline pipeline = Numbers.Select(Twice).Select(Twice).SelectAsync(TwiceAsync, new() { Name = "Twice" }).ForEach(Look);

        Assert.Equal(["Range", "Twice", "Twice #2", "Twice #3", "Look"], pipeline.Graph.Blocks.Select(block => block.Name));
    }

    [Fact]
    public void Graph_LongExpression_IsCutAtAWord()
    {
        Pipeline pipeline = Numbers
            .Select(number =>
            {
                int square = number * number;
                return square + 1;
            })
            .ForEach(Look);

        Assert.Equal("number => { int square = number *…", pipeline.Graph.Blocks[1].Name);
    }

    private static async IAsyncEnumerable<int> Stream()
    {
        await Task.Yield();
        yield return 1;
    }

    private static int Twice(int item) => 2 * item;

    private static int Half(int item) => item / 2;

    private static long WeighItem(int item) => item;

    private static int UseStream(MemoryStream stream, int item) => item;

    private static Task<int> TwiceAsync(int item) => Task.FromResult(2 * item);

    private static ValueTask<bool> AskAsync(int item) => new(item > 0);

    private static bool IsLast(int item) => item == 9;

    private static IEnumerable<int> Digits(int item) => [item];

    private static IAsyncEnumerable<int> PagesAsync(int item) => Stream();

    private static IStep<int, int> MakeStep() => throw new InvalidOperationException();

    private static void Look(int item)
    {
    }

    private static Task SaveAsync(int item) => Task.CompletedTask;

    private static Task WriteAsync(ChannelWriter<int> writer, CancellationToken token) => Task.CompletedTask;

    private static Task CopyAsync(ChannelReader<int> reader, ChannelWriter<int> writer, CancellationToken token) => Task.CompletedTask;

    private static Task ReadAsync(ChannelReader<int> reader, CancellationToken token) => Task.CompletedTask;

    // Theories list their cases by text, so the pipelines wait here under "Operator: name".
    private static Dictionary<string, (TPipeline Pipeline, string Name)> Named<TPipeline>(
        params ReadOnlySpan<(string Operator, TPipeline Pipeline, string Name)> calls)
    {
        var named = new Dictionary<string, (TPipeline, string)>();
        foreach ((string call, TPipeline pipeline, string name) in calls)
        {
            named.Add($"{call}: {name}", (pipeline, name));
        }

        return named;
    }

    private static string OperatorOf(string call) => call[..call.IndexOf(':', StringComparison.Ordinal)];
}

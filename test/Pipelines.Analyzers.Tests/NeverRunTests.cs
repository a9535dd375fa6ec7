using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE002: a pipeline that is built and never run does nothing at all, without a word.</summary>
public sealed class NeverRunTests
{
    private const string Id = "PIPE002";

    [Theory]
    [InlineData("numbers.Select(Twice).[|ForEach|](Console.WriteLine);", "call 'RunAsync' or 'Start'")]
    [InlineData("numbers.[|Where|](x => x > 3);", "close it with")]
    [InlineData("numbers.[|Batch|](3);", "close it with")]
    [InlineData("PipelineOperators.[|Batch|](numbers, 3);", "close it with")]
    [InlineData("perhaps?.[|ForEach|](_ => { });", "call 'RunAsync' or 'Start'")]
    [InlineData("perhaps?.Select(Twice)?.[|ForEach|](_ => { });", "call 'RunAsync' or 'Start'")]
    [InlineData("[|await Task.FromResult(closed)|];", "call 'RunAsync' or 'Start'")]
    [InlineData("Pipeline.[|Range|](0, 3);", "close it with")]
    [InlineData("Action build = () => { numbers.[|ForEach|](_ => { }); };", "call 'RunAsync' or 'Start'")]
    [InlineData("void Build() => numbers.[|ForEach|](_ => { }); Build();", "call 'RunAsync' or 'Start'")]
    [InlineData("numbers.Do(x => texts.Skip(1)).[|ForEach|](_ => { });", "call 'RunAsync' or 'Start'")]
    [InlineData("Pipeline [|unused|] = numbers.ForEach(_ => { });", "call 'RunAsync' or 'Start'")]
    [InlineData("var [|unused|] = numbers.Select(Twice);", "close it with")]
    [InlineData("Pipeline<int> [|built|] = numbers; built = numbers.Select(Twice);", "close it with")]
    [InlineData("Pipeline<int> [|built|] = numbers.Skip(1); built = built.Select(Twice).Where(x => x > 3);", "close it with")]
    [InlineData("Action later = () => { var [|unused|] = numbers.Select(Twice); };", "close it with")]
    public async Task Statement_PipelineThatIsDropped_IsFound(string statement, string advice) =>
        Assert.Contains(advice, Assert.Single(await Findings.AssertAsync(Id, Source.Statements(statement))), StringComparison.Ordinal);

    [Theory]
    [InlineData("await numbers.ForEach(_ => { }).RunAsync();")]
    [InlineData("List<int> all = await numbers.ToListAsync();")]
    [InlineData("await numbers.ToListAsync();")]
    [InlineData("_ = numbers.Select(Twice);")]
    [InlineData("_ = perhaps?.Select(Twice);")]
    [InlineData("Pipeline built = numbers.ForEach(_ => { }); await built.RunAsync();")]
    [InlineData("Pipeline<int> built = numbers; built = built.Where(x => x > 3); await built.ToListAsync();")]
    [InlineData("Pipeline<int> built = numbers.Skip(1); Pipeline<int> other = numbers; other = built.Select(Twice); await other.CountAsync();")]
    [InlineData("Pipeline<int> built = numbers.Skip(1); Func<Task> later = () => built.ToListAsync();")]
    [InlineData("Pipeline<int> built = numbers.Skip(1); string name = nameof(built);")]
    [InlineData("Pipeline<int> built; built = numbers.Skip(1); Console.WriteLine(built.ForEach(_ => { }).Graph);")]
    [InlineData("foreach (Pipeline<int> one in new[] { numbers }) { }")]
    [InlineData("if (perhaps is Pipeline<int> one) { }")]
    [InlineData("Action check = () => numbers.Select((Func<int, int>)null!);")]
    [InlineData("Func<Pipeline> build = () => numbers.ForEach(_ => { });")]
    [InlineData("Pipeline<int> Build() => numbers.Skip(1); await Build().CountAsync();")]
    [InlineData("numbers = numbers.Skip(1);")]
    [InlineData("perhaps ??= numbers.Skip(1);")]
    [InlineData("Enumerable.Range(0, 3).Select(x => x + 1);")]
    [InlineData("var parts = (numbers.Skip(1), closed); await parts.closed.RunAsync();")]
    public async Task Statement_PipelineThatIsUsed_IsNotFound(string statement) => await Findings.AssertAsync(Id, Source.Statements(statement));

    [Fact]
    public async Task Member_WithExpressionBody_IsFound() =>
        await Findings.AssertAsync(
            Id,
            Source.File("""
                public sealed class User(Pipeline<int> numbers)
                {
                    private readonly Pipeline<int> _kept = numbers.Skip(1);
                    public Pipeline Build() => _kept.ForEach(_ => { });
                    public Pipeline Built => Build();
                    public void Run() => _kept.[|ForEach|](_ => { });
                    public void RunBuilt() => [|Build|]();
                    public User() : this(Pipeline.Range(0, 3)) => _kept.[|Skip|](1);
                }
                """));

    [Fact]
    public async Task TopLevelStatements_AreLookedAt() =>
        await Findings.AssertAsync(
            Id,
            Source.File("""
                Pipeline<int> numbers = Pipeline.Range(0, 3);
                Pipeline<int> [|unused|] = numbers.Skip(1);
                numbers.[|ForEach|](Console.WriteLine);
                await numbers.CountAsync();
                """),
            OutputKind.ConsoleApplication);

    [Theory]
    [InlineData("numbers.Select(")]
    [InlineData("numbers.")]
    [InlineData("Pipeline<int> built = ;")]
    [InlineData("Pipeline<int> built = numbers.Skip(1); built.NoSuchMember();")]
    [InlineData("Pipeline<int> built = numbers.Skip(1); unknown(built, (")]
    [InlineData("numbers + 1;")]
    public async Task BrokenCode_IsNotFound(string statement) => await Findings.AssertBrokenAsync(Id, Source.Statements(statement));
}

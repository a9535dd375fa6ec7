using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE003: a run that nobody keeps fails without anybody hearing of it.</summary>
public sealed class RunThatNobodyKeepsTests
{
    private const string Id = "PIPE003";

    [Theory]
    [InlineData("closed.[|Start|]();")]
    [InlineData("_ = closed.[|Start|]();")]
    [InlineData("closed?.[|Start|](cancellationToken: token);")]
    [InlineData("_ = closed?.[|Start|](new() { Name = \"x\" });")]
    [InlineData("numbers.ForEach(_ => { }).[|Start|](new PipelineOptions(), token);")]
    [InlineData("Action later = () => closed.[|Start|]();")]
    [InlineData("Action later = () => _ = closed.[|Start|]();")]
    [InlineData("void Begin() => closed.[|Start|](); Begin();")]
    [InlineData("PipelineRun [|run|] = closed.Start();")]
    [InlineData("var [|run|] = numbers.ForEach(_ => { }).Start(); run = closed.Start();")]
    public async Task Start_RunIsDropped_IsFound(string statement) => await Findings.AssertAsync(Id, Source.Statements(statement));

    [Theory]
    [InlineData("await closed.RunAsync();")]
    [InlineData("await closed.Start().Completion;")]
    [InlineData("closed.Start().Abort();")]
    [InlineData("PipelineRun run = closed.Start(); await run.Completion;")]
    [InlineData("await using PipelineRun run = closed.Start();")]
    [InlineData("await using (PipelineRun run = closed.Start()) { }")]
    [InlineData("await using (closed.Start()) { }")]
    [InlineData("PipelineRun? kept = null; kept ??= closed.Start(); kept.Abort();")]
    [InlineData("Func<PipelineRun> later = () => closed.Start();")]
    [InlineData("List<PipelineRun> runs = []; runs.Add(closed.Start());")]
    [InlineData("PipelineRun run = closed.Start(); Action stop = () => run.Abort();")]
    [InlineData("new Thread(() => { }).Start();")]
    [InlineData("PipelineRun Keep(PipelineRun run) => run; Keep(closed.Start());")]
    public async Task Start_RunIsKept_IsNotFound(string statement) => await Findings.AssertAsync(Id, Source.Statements(statement));

    [Fact]
    public async Task TopLevelStatements_AreLookedAt() =>
        await Findings.AssertAsync(Id, Source.File("Pipeline.Range(0, 3).ForEach(Console.WriteLine).[|Start|]();"), OutputKind.ConsoleApplication);

    [Theory]
    [InlineData("_ = closed.Start(token, unknown")]
    [InlineData("_ = closed.Start(1, 2, 3);")]
    [InlineData("PipelineRun run = closed.Start(); run.NoSuchMember();")]
    [InlineData("numbers.Start();")]
    public async Task BrokenCode_IsNotFound(string statement) => await Findings.AssertBrokenAsync(Id, Source.Statements(statement));
}

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE007: more than three steps behind a pool are pointed out, since they run one item at a time.</summary>
public sealed class FusedBehindPoolTests
{
    private const string Id = "PIPE007";

    private const string Locals = "BlockOptions pool = new() { Parallelism = 4 };\n";

    [Theory]
    [InlineData("numbers.Select(Twice, pool).[|Select|](Twice).Where(x => x > 3).Select(Twice).ForEach(_ => { })")]
    [InlineData("numbers.SelectAsync(DownloadAsync, new() { Parallelism = workers }).[|Select|](Twice).Select(Twice).Do(_ => { }).Scan(0, (a, b) => a + b)")]
    [InlineData("numbers.Select(Twice, pool).Skip(1).[|Select|](Twice).Take(3).Select(Twice).Pairwise().Select(pair => pair.Current).Batch(3).Do(_ => { })")]
    [InlineData("perhaps?.Select(Twice, pool).[|Select|](Twice).Select(Twice).Select(Twice).Select(Twice).Buffer(3)")]
    [InlineData("numbers.Tee(branch => branch.Select(Twice, pool).[|Do|](_ => { }).Do(_ => { }).Do(_ => { }).ForEach(_ => { }))")]
    [InlineData("PipelineOperators.Index(numbers.Select(Twice, pool)).[|Select|](one => one.Item).Select(Twice).Select(Twice).Select(Twice)")]
    public async Task Chain_ManyStepsBehindPool_IsFound(string call) => await Findings.AssertAsync(Id, Source.Statements($"{Locals}_ = {call};"));

    [Theory]
    [InlineData("numbers.Select(Twice, pool).Select(Twice).Where(x => x > 3).ForEach(_ => { })")]
    [InlineData("numbers.Select(Twice).Select(Twice).Select(Twice).Select(Twice).Select(Twice)")]
    [InlineData("numbers.Select(Twice, pool).Select(Twice).Select(Twice).Select(Twice, pool).Select(Twice).Select(Twice)")]
    [InlineData("numbers.Select(Twice, pool).Select(Twice).Select(Twice).Buffer(3).Select(Twice).Select(Twice)")]
    [InlineData("numbers.Select(Twice, pool).Select(Twice).Select(Twice).SelectAsync(DownloadAsync).Select(Twice).Select(Twice)")]
    [InlineData("numbers.Select(Twice, pool).Select(Twice).Select(Twice).Batch(3, TimeSpan.FromSeconds(1)).Do(_ => { }).Do(_ => { })")]
    [InlineData("numbers.Select(Twice, pool).Skip(1).Take(3).Pairwise().Index().Batch(3)")]
    [InlineData("numbers.Select(Twice).Select(Twice).Select(Twice).Select(Twice).Select(Twice, pool)")]
    [InlineData("numbers.Select(Twice, new() { Parallelism = 1 }).Select(Twice).Select(Twice).Select(Twice).Select(Twice)")]
    public async Task Chain_FewStepsOrNoPool_IsNotFound(string call) => await Findings.AssertAsync(Id, Source.Statements($"{Locals}_ = {call};"));

    [Theory]
    [InlineData("numbers.Select(Twice, pool).Select(Twice).Select(Twice).Select(Twice).")]
    [InlineData("numbers.Select(Twice, pool).Select(Unknown).Select(Twice).Select(Twice).Select(Twice)")]
    public async Task BrokenCode_IsNotFound(string call) => await Findings.AssertBrokenAsync(Id, Source.Statements($"{Locals}_ = {call};"));
}

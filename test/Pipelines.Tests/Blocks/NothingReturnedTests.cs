using System.Threading.Channels;

namespace Pipelines.Tests.Blocks;

/// <summary>A delegate that returns null where something of it is to be used fails with the block's name, and is no bare
/// <see cref="NullReferenceException"/>.</summary>
public sealed class NothingReturnedTests
{
    private static readonly BlockOptions s_options = new() { Name = "mine" };

    private static readonly Dictionary<string, (string What, Func<Pipeline<int>, Pipeline> Block)> s_blocks = new()
    {
        ["SelectMany"] = ("a sequence", p => p.SelectMany(_ => (int[])null!, s_options).ForEach(_ => { })),
        ["SelectMany, two at once"] = ("a sequence", p => p.SelectMany(_ => (int[])null!, s_options with { Parallelism = 2 }).ForEach(_ => { })),
        ["SelectManyAsync"] = ("a sequence", p => p.SelectManyAsync(_ => (IAsyncEnumerable<int>)null!, s_options).ForEach(_ => { })),
        ["SelectManyAsync, two at once"] = (
            "a sequence", p => p.SelectManyAsync(_ => (IAsyncEnumerable<int>)null!, s_options with { Parallelism = 2 }).ForEach(_ => { })),
        ["SelectManyAsync, unordered"] = (
            "a sequence", p => p.SelectManyAsync(_ => (IAsyncEnumerable<int>)null!, s_options with { Parallelism = 2, Ordered = false }).ForEach(_ => { })),
        ["SelectAsync"] = ("a task", p => p.SelectAsync(_ => (Task<int>)null!, s_options).ForEach(_ => { })),
        ["SelectAsync with a worker"] = ("a task", p => p.SelectAsync(() => "", (_, _) => (Task<int>)null!, s_options).ForEach(_ => { })),
        ["WhereAsync"] = ("a task", p => p.WhereAsync((_, _) => (Task<bool>)null!, s_options).ForEach(_ => { })),
        ["ForEachAsync"] = ("a task", p => p.ForEachAsync(_ => (Task)null!, s_options)),
        ["Transform"] = (
            "a task", p => p.Transform((ChannelReader<int> _, ChannelWriter<int> _, CancellationToken _) => (Task)null!, s_options).ForEach(_ => { })),
        ["Transform iterator"] = ("a sequence", p => p.Transform((_, _) => (IAsyncEnumerable<int>)null!, s_options).ForEach(_ => { })),
        ["Consume"] = ("a task", p => p.Consume((_, _) => (Task)null!, s_options)),
        ["Produce"] = ("a task", p => Pipeline.Produce<int>((_, _) => (Task)null!, new() { Name = "mine" }).ForEach(_ => { })),
        ["Select with a worker"] = ("a worker's resource", p => p.Select(() => (string)null!, (_, x) => x, s_options).ForEach(_ => { })),
        ["Fuse"] = ("a step", p => p.Fuse(() => (IStep<int, int>)null!, s_options).ForEach(_ => { })),
    };

    public static TheoryData<string> Blocks() => [.. s_blocks.Keys];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Delegate_ReturnsNull_FailsTheRunWithTheBlocksName(string block)
    {
        await using PipelineRun run = s_blocks[block].Block(Pipeline.Range(0, 3)).Start();
        Exception? error = await Ended.ExceptionAsync(run, block);

        Assert.Equal(
            $"The delegate of block 'mine' returned null, where it must return {s_blocks[block].What}.",
            Assert.IsType<InvalidOperationException>(error).Message);
        Assert.Equal("mine", run.Failure!.Block);
    }

    [Fact]
    public void Branch_ReturnsNull_IsRefusedAtTheCall()
    {
        Pipeline<int> source = Pipeline.Range(0, 3);

        Assert.Contains("'mine'", Assert.Throws<InvalidOperationException>(() => source.Tee(_ => null!, s_options)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'mine'", Assert.Throws<InvalidOperationException>(() => source.When(_ => true, _ => null!, s_options)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'mine'", Assert.Throws<InvalidOperationException>(() => source.Partition(x => x, 2, _ => (Pipeline<int>)null!, s_options)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => source.Through(_ => (Pipeline<int>)null!));
    }
}

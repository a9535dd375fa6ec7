using Pipelines;

namespace Demos.Tests;

/// <summary>The README's first pipeline, compiled and run.</summary>
public sealed class FirstPipelineTests
{
    [Fact]
    public async Task FirstPipeline_Runs()
    {
        // <first>
        Pipeline pipeline = Pipeline
            .Range(1, 20)
            .SelectAsync(DoubleAsync, new() { Parallelism = 4 })        // four at a time, in order
            .Batch(5)
            .ForEach(batch => Console.WriteLine(string.Join(' ', batch)));

        Console.WriteLine(await pipeline.RunAsync());                   // what each block did
        Console.WriteLine(pipeline.Graph.ToMermaid());                  // what it looks like, for a Markdown file

        static async Task<int> DoubleAsync(int x)
        {
            await Task.Delay(10);                                       // something slow
            return x * 2;
        }
        // </first>
        Assert.Equal(20, (await pipeline.RunAsync()).Blocks[1].Out);
    }
}

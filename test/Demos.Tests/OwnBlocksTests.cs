using System.Runtime.CompilerServices;
using Pipelines;

namespace Demos.Tests;

/// <summary>The README's example of blocks that a user writes, compiled and run.</summary>
public sealed class OwnBlocksTests
{
    [Fact]
    public async Task OwnBlocks_Lines_BecomeParagraphs()
    {
        var output = new StringWriter { NewLine = "\n" };
        await PrintParagraphsAsync(new StringReader("one\ntwo\n\nthree\n"), output);

        Assert.Equal("one two\nthree\n", output.ToString());
    }

    // <own-blocks>
    static Task<PipelineReport> PrintParagraphsAsync(TextReader input, TextWriter output) =>
        Pipeline
            .Produce<string>(async (lines, token) =>
            {
                while (await input.ReadLineAsync(token) is { } line)
                {
                    await lines.WriteAsync(line, token);        // waits for room: the link is bounded
                }                                               // the end of the delegate is the end of the stream
            })
            .Transform(Paragraphs)
            .Consume(async (paragraphs, token) =>
            {
                await foreach (string paragraph in paragraphs.ReadAllAsync(token))
                {
                    await output.WriteLineAsync(paragraph);
                }
            })
            .RunAsync();

    static async IAsyncEnumerable<string> Paragraphs(IAsyncEnumerable<string> lines, [EnumeratorCancellation] CancellationToken token)
    {
        List<string> paragraph = [];
        await foreach (string line in lines.WithCancellation(token))
        {
            if (line.Length > 0)
            {
                paragraph.Add(line);
            }
            else if (paragraph.Count > 0)
            {
                yield return string.Join(' ', paragraph);
                paragraph.Clear();
            }
        }

        if (paragraph.Count > 0)
        {
            yield return string.Join(' ', paragraph);
        }
    }
    // </own-blocks>
}

using System.Threading.Channels;

namespace Pipelines.Tests.Documentation.Pages;

public sealed class YourOwnBlocksTests
{
    // snippet: step
    /// <summary>Counts equal lines in a row: a, a, b becomes (a, 2), (b, 1).</summary>
    private sealed class CountRepeats : IStep<string, (string Line, int Times)>
    {
        private string _line = "";
        private int _times;

        public bool TryNext(string line, out (string Line, int Times) result)
        {
            result = (_line, _times);
            bool isAnother = _times > 0 && line != _line;
            _times = isAnother ? 1 : _times + 1;
            _line = line;
            return isAnother;                       // false: nothing comes out for this line
        }

        public bool TryFlush(out (string Line, int Times) result)
        {
            result = (_line, _times);
            _times = 0;                             // it is called until it returns false
            return result.Times > 0;
        }
    }
    // end

    [Fact]
    public async Task Step_IsFused()
    {
        string[] lines = ["a", "a", "b", "a"];
        // snippet: fuse
        List<(string Line, int Times)> rows = await Pipeline
            .From(lines)
            .Fuse(() => new CountRepeats())         // one for each run
            .Where(row => row.Times > 1)
            .ToListAsync();
        // end
        Assert.Equal([("a", 2)], rows);
        Assert.Equal([("a", 2), ("b", 1), ("a", 1)], await Pipeline.From(lines).Fuse(() => new CountRepeats()).ToListAsync());
        Assert.Empty(await Pipeline.From(Array.Empty<string>()).Fuse(() => new CountRepeats()).ToListAsync());

        PipelineReport report = await Pipeline.From(lines).Fuse(() => new CountRepeats()).ForEach(_ => { }).RunAsync();
        Assert.Equal((4, 2, 3), (report.Blocks[1].In, report.Blocks[1].Filtered, report.Blocks[1].Out));
        Assert.Single(Pipeline.From(lines).Fuse(() => new CountRepeats()).ForEach(_ => { }).Graph.Islands);
    }

    [Fact]
    public async Task Code_OverChannels()
    {
        using var input = new StringReader("one\ntwo\n\nthree\n");
        using var output = new StringWriter { NewLine = "\n" };
        // snippet: code
        await Pipeline
            .Produce<string>(async (lines, token) =>
            {
                while (await input.ReadLineAsync(token) is { } line)
                {
                    await lines.WriteAsync(line, token);                    // waits for room
                }                                                           // to return is the end of the stream
            })
            .Transform<string>(async (lines, paragraphs, token) =>
            {
                List<string> gathered = [];
                await foreach (string line in lines.ReadAllAsync(token))
                {
                    if (line.Length > 0)
                    {
                        gathered.Add(line);
                        continue;
                    }

                    await paragraphs.WriteAsync(string.Join(' ', gathered), token);
                    gathered.Clear();
                }

                await paragraphs.WriteAsync(string.Join(' ', gathered), token);
            })
            .Consume(async (paragraphs, token) =>
            {
                await foreach (string paragraph in paragraphs.ReadAllAsync(token))
                {
                    await output.WriteLineAsync(paragraph);
                }
            })
            .RunAsync();
        // end
        Assert.Equal("one two\nthree\n", output.ToString());
    }
}

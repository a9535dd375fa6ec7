using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipelines.Tests.Documentation;

namespace Pipelines.Processes.Tests.Documentation;

/// <summary>The examples of the page on worker processes, compiled, run, and compared with it word for word.</summary>
public sealed class ProcessesPageTests
{
    [Fact]
    public void Page_ItsCode_IsTheseTests() => Snippets.AssertAreShown("test/Pipelines.Processes.Tests/Documentation", "docs/processes.md");

    [Fact]
    public async Task OneProperty_MovesAStage()
    {
        // snippet: first
        List<int> squares = await Pipeline.Range(0, 1000)
            .Select(static number => number * number, new() { Parallelism = 2, Workers = new ProcessWorkers() })
            .ToListAsync();
        // end
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => number * number), squares);
    }

    [Fact]
    public async Task Resource_IsMadeOnceAProcess()
    {
        IEnumerable<Page> pages = Enumerable.Range(0, 50).Select(number => new Page(number, $"text {number}"));
        List<DeadLetter> letters = [];
        List<string> texts = [];

        // snippet: resource
        await Pipeline.From(pages)
            .Select(static () => new Recogniser("eng"), static (recogniser, page) => recogniser.Read(page), new()
            {
                Parallelism = 2,
                Timeout = TimeSpan.FromMinutes(1),
                OnError = ErrorPolicy.DeadLetter(letters.Add),
                Workers = new ProcessWorkers { Attempts = 3, RecycleAfter = 10_000, MemoryLimit = 500 << 20 },
            })
            .ForEach(texts.Add)
            .RunAsync();
        // end
        Assert.Empty(letters);
        Assert.Equal(pages.Select(page => $"eng: {page.Text}"), texts);
    }

    [Fact]
    public async Task SharedNumber_IsOneNumber()
    {
        // snippet: shared
        using var total = new SharedNumber();
        await Pipeline.Range(0, 1000)
            .Select(number => (Number: number, Total: total))
            .Select(static item => item.Total.Add(item.Number), new() { Parallelism = 2, Workers = new ProcessWorkers() })
            .ForEach(_ => { })
            .RunAsync();
        // end
        Assert.Equal(999 * 500, total.Value);
    }

    [Fact]
    public void TryRun_InTheParent_GoesOn()
    {
        bool hasGoneOn = false;
        Main();
        Assert.True(hasGoneOn);

        void Main()
        {
            // snippet: registered
            if (WorkerProcess.TryRun(registry => registry
                .Select<int, int>(Work.Cube)
                .Select<Page, Page>(Work.Upper)
                .Carry(PageJson.Default)))
            {
                return;
            }
            // end
            hasGoneOn = true;
        }
    }

    [Fact]
    public async Task Serializer_CarriesWhatItIsFor()
    {
        BlockOptions options = new() { Workers = new ProcessWorkers { Serializers = [typeof(PageSerializer)] } };
        List<Page> pages = await Pipeline.Range(0, 20).Select(number => new Page(number, "text"))
            .Select(static page => page with { Text = page.Text + page.Number }, options)
            .ToListAsync();
        Assert.Equal(Enumerable.Range(0, 20).Select(number => new Page(number, $"text{number}")), pages);
    }
}

internal sealed record Page(int Number, string Text);

internal static class Work
{
    public static int Cube(int number) => number * number * number;

    public static Page Upper(Page page) => page with { Text = page.Text.ToUpperInvariant() };
}

internal sealed class Recogniser(string language)
{
    public string Read(Page page) => $"{language}: {page.Text}";
}

[JsonSerializable(typeof(Page))]
internal sealed partial class PageJson : JsonSerializerContext;

// snippet: serializer
internal sealed class PageSerializer : IItemSerializer<Page>
{
    public void Serialize(Page item, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(writer, item, PageJson.Default.Page);
    }

    public Page Deserialize(ReadOnlySequence<byte> input)
    {
        var reader = new Utf8JsonReader(input);
        return JsonSerializer.Deserialize(ref reader, PageJson.Default.Page)!;
    }
}
// end

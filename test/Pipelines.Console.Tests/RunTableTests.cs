using Spectre.Console.Testing;
using static Snapshots.Verifier;

namespace Pipelines.Console.Tests;

/// <summary>How a report is laid out as a table.</summary>
public sealed class RunTableTests
{
    [Fact]
    public Task Draw_RunInItsMiddle_ShowsWhatHappenedSinceTheLastTime() => Verify(Drawn(unicode: true, Report(20), Report(10)));

    [Fact]
    public Task Draw_WithoutUnicode_TellsThePartsApart() => Verify(Drawn(unicode: false, Report(20), null));

    [Theory]
    [InlineData(0, 0, "0/s")]
    [InlineData(5, 10, "0.5/s")]
    [InlineData(95, 10, "9.5/s")]
    [InlineData(12_345, 10, "1,234/s")]
    [InlineData(-3, 10, "0/s")]
    [InlineData(7, 0, "0/s")]
    public void Rate_OfACount_HasTheDigitsThatSaySomething(long count, int seconds, string expected) =>
        Assert.Equal(expected, Rate.Of(count, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(1, 0, 0, "[red]██████████[/][grey][/][blue][/]")]
    [InlineData(0.5, 0.25, 0.25, "[red]█████[/][grey]▒▒▒[/][blue]░░[/]")]
    [InlineData(0.33, 0.33, 0.34, "[red]███[/][grey]▒▒▒▒[/][blue]░░░[/]")]
    [InlineData(0.2, 0, 0, "[red]██[/][grey][/][blue][/]        ")]
    [InlineData(1, 1, 1, "[red]██████████[/][grey][/][blue][/]")]
    public void State_OfShares_IsTenCellsWide(double busy, double blocked, double starved, string expected) =>
        Assert.Equal(expected, new Bars(unicode: true).State(busy, blocked, starved));

    [Theory]
    [InlineData(0, "[yellow][/]░░░░░░░░░░")]
    [InlineData(0.001, "[yellow]█[/]░░░░░░░░░")]
    [InlineData(1, "[yellow]██████████[/]")]
    public void Queue_OfShares_ShowsASingleItem(double full, string expected) => Assert.Equal(expected, new Bars(unicode: true).Queue(full));

    private static string Drawn(bool unicode, PipelineReport now, PipelineReport? before)
    {
        using var console = new TestConsole();
        console.Profile.Width = 160;
        console.Write(new RunTable(unicode).Draw(now, before));
        return string.Join('\n', console.Output.Split('\n').Select(line => line.TrimEnd()));
    }

    private static PipelineReport Report(int seconds) => new()
    {
        Name = "import [daily]",
        Outcome = RunOutcome.Running,
        Elapsed = TimeSpan.FromSeconds(seconds),
        Blocks =
        [
            Block("files.Paths[0]", BlockKind.Producer, 0, 100 * seconds, busy: 0.4 * seconds, blocked: 0.6 * seconds),
            Block("EnrichAsync", BlockKind.Transform, 100 * seconds, 90 * seconds, busy: 3.88 * seconds, starved: 0.12 * seconds,
                parallelism: 4, island: 2, failed: 3),
            Block("Batch(100)", BlockKind.Transform, 90 * seconds, seconds, busy: 0.97 * seconds, starved: 0.03 * seconds, island: 2),
            Block("ToChannelReader", BlockKind.Consumer, seconds, seconds / 2),
        ],
        Links =
        [
            new LinkReport { From = "files.Paths[0]", To = "EnrichAsync", Waiting = 64, Capacity = 64 },
            new LinkReport { From = "Batch(100)", To = "ToChannelReader", Waiting = 1 },
        ],
        Failure = new BlockFailure { Block = "EnrichAsync", Item = 7, Exception = new InvalidDataException("bad [item]") },
    };

    private static BlockReport Block(
        string name,
        BlockKind kind,
        long input,
        long output,
        double busy = 0,
        double starved = 0,
        double blocked = 0,
        int parallelism = 1,
        int island = 0,
        long failed = 0) => new()
        {
            Name = name,
            Kind = kind,
            In = input,
            Out = output,
            Parallelism = parallelism,
            Island = island,
            Failed = failed,
            Busy = TimeSpan.FromSeconds(busy),
            Starved = TimeSpan.FromSeconds(starved),
            Blocked = TimeSpan.FromSeconds(blocked),
        };
}

using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>At each step of the migration the same arrives.</summary>
public sealed class NetworkTests
{
    public static TheoryData<int> Steps => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Network_AtEachStep_BringsEveryOrderWhereItBelongs(int step)
    {
        var shop = new Shop(pages: 203);
        await Network(step).RunAsync(shop).InTime();

        List<Order> valid = [.. shop.Expected.Where(order => order.IsValid)];
        Assert.Equal(valid, shop.Saved.SelectMany(batch => batch));
        Assert.Equal(valid.Chunk(100).Select(batch => batch.Length), shop.Saved.Select(batch => batch.Length));
        Assert.Equal(valid, shop.Audited);
        Assert.Equal(shop.Expected.Where(order => !order.IsValid), shop.Rejected);
        Assert.Equal((203, 203), (shop.Fetched, shop.Parsed));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Network_OneOrderFails_EndsWithItsExceptionAndFromTheFirstStepOnACleanPrefix(int step)
    {
        var error = new InvalidDataException();
        var shop = new Shop(pages: 203, error);
        Exception? thrown = await Record.ExceptionAsync(() => Network(step).RunAsync(shop).InTime());
        while (thrown is AggregateException wrapping)
        {
            thrown = wrapping.InnerExceptions[0]; // one for each in-box block on the way
        }

        Assert.Same(error, thrown);
        if (step == 0)
        {
            return; // the in-box TransformBlock lets orders behind the failed one pass: what it has saved is no prefix
        }

        List<Order> valid = [.. shop.Expected.Where(order => order.IsValid)];
        Assert.Equal(valid.Take(shop.Saved.Sum(batch => batch.Length)), shop.Saved.SelectMany(batch => batch));
        Assert.InRange(shop.Saved.Sum(batch => batch.Length), 0, 203 * Shop.OrdersPerPage / 2);
    }

    [Fact]
    public async Task Network_OneOrderFailsAtTheLastStep_NothingIsUnaccountedFor()
    {
        List<object?> undelivered = [];
        var shop = new Shop(pages: 203, new InvalidDataException());
        await using PipelineRun run = ThirdStep.Build(shop).Start(new() { OnUndelivered = item => undelivered.Add(item.Item) });
        PipelineReport report = await Ended.ReportAsync(run);

        Assert.Equal(RunOutcome.Failed, report.Outcome);
        Assert.Equal(report.Undelivered, undelivered.Count);
        BlockReport Row(string name) => report.Blocks.Single(block => block.Name == name);
        (BlockReport route, BlockReport reject, BlockReport enrich) = (Row("order => !order.IsValid"), Row("shop.Reject"), Row("shop.EnrichAsync"));
        Assert.Equal(route.In, reject.In + enrich.In + route.Undelivered);
        Assert.Equal(reject.In, shop.Rejected.Count + reject.Undelivered);
        Assert.Equal((1, enrich.In), (enrich.Failed, enrich.Out + enrich.Failed + enrich.Undelivered));
        Assert.Equal(enrich.Out, shop.Audited.Count + Row("shop.Audit").Undelivered);
        Assert.Equal(enrich.Out, (100 * Row("Batch(100)").Out) + Row("Batch(100)").Undelivered);
        Assert.Equal(Row("Batch(100)").Out, shop.Saved.Count + Row("shop.SaveAsync").Undelivered);
    }

    private static IOrderNetwork Network(int step) => step switch
    {
        0 => new DataflowNetwork(),
        1 => new FirstStep(),
        2 => new SecondStep(),
        _ => new ThirdStep(),
    };
}

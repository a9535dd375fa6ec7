using System.Threading.Channels;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Blocks.Outlets;

/// <summary>
/// Whoever reads what a pipeline puts out is told how the run ended, whatever block stands last. A link that leads out of the run was closed by
/// the code that wrote to it: a run that failed behind a parallel <c>SelectManyAsync</c>, a <c>Transform</c> or a Dataflow block looked like one that ended
/// well.
/// </summary>
public sealed class OutletEndTests
{
    public static TheoryData<Outlet, LastBlock> Failing() => Pairs((_, block) => block.CanFail);

    public static TheoryData<Outlet, LastBlock> All() => Pairs((_, _) => true);

    public static TheoryData<Outlet, LastBlock> Aborting() => Pairs((outlet, _) => outlet.CanAbort);

    [Theory]
    [MemberData(nameof(All))]
    public async Task Outlet_FailureUpstream_ReaderIsToldTheFailure(Outlet outlet, LastBlock block)
    {
        using var trial = new OutletTrial(OutletEnd.FailureUpstream);

        Assert.Same(trial.Error, Bare(await block.ReadAsync(outlet, trial).InTime()));
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task Outlet_FailureInTheLastBlock_ReaderIsToldTheFailure(Outlet outlet, LastBlock block)
    {
        using var trial = new OutletTrial(OutletEnd.FailureInLastBlock);

        Assert.Same(trial.Error, Bare(await block.ReadAsync(outlet, trial).InTime()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Outlet_Cancelled_ReaderIsToldSo(Outlet outlet, LastBlock block)
    {
        using var trial = new OutletTrial(OutletEnd.Cancelled);

        Assert.IsAssignableFrom<OperationCanceledException>(Bare(await block.ReadAsync(outlet, trial).InTime()));
    }

    [Theory]
    [MemberData(nameof(Aborting))]
    public async Task Outlet_Aborted_ReaderIsToldSo(Outlet outlet, LastBlock block)
    {
        using var trial = new OutletTrial(OutletEnd.Aborted);

        Assert.IsAssignableFrom<OperationCanceledException>(Bare(await block.ReadAsync(outlet, trial).InTime()));
    }

    [Theory]
    [MemberData(nameof(WithoutInput))]
    public async Task Outlet_OfAProducerThatIsCancelled_ReaderIsToldSo(Outlet outlet)
    {
        using var trial = new OutletTrial(OutletEnd.Cancelled);
        Exception? end = await outlet.ReadAsync(_ => Pipeline.Produce<int>(WriteAsync), trial).InTime();

        Assert.IsAssignableFrom<OperationCanceledException>(Bare(end));

        // It obeys its token, which for the block is a good end.
        static async Task WriteAsync(ChannelWriter<int> writer, CancellationToken token)
        {
            while (!token.IsCancellationRequested)
            {
                await writer.WriteAsync(1, CancellationToken.None);
            }

            writer.TryComplete();
        }
    }

    public static TheoryData<Outlet> WithoutInput() => new(OutletKinds.All.Where(outlet => outlet.ToString() != "Encapsulate"));

    private static TheoryData<Outlet, LastBlock> Pairs(Func<Outlet, LastBlock, bool> choose)
    {
        TheoryData<Outlet, LastBlock> pairs = [];
        foreach (Outlet outlet in OutletKinds.All)
        {
            foreach (LastBlock block in LastBlock.All.Where(block => choose(outlet, block)))
            {
                pairs.Add(outlet, block);
            }
        }

        return pairs;
    }

    // An in-box target wraps what it is faulted with.
    private static Exception? Bare(Exception? error)
    {
        while (error is AggregateException { InnerExceptions: [var only] })
        {
            error = only;
        }

        return error;
    }
}

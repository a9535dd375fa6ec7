using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Dataflow;

/// <summary>A bad argument is refused as the in-box block refuses it: with the same exception, for the same parameter, and the same one first.</summary>
public sealed class ParameterNameTests
{
    private static readonly DataflowMessageHeader s_header = new(1);

    private static readonly Dictionary<string, Action<IPropagatorBlock<int, int>>> s_calls = new()
    {
        ["OfferMessage, no header"] = block => block.OfferMessage(default, 1, null, false),
        ["OfferMessage, no header, to be consumed"] = block => block.OfferMessage(default, 1, null, true),
        ["OfferMessage, to be consumed, no source"] = block => block.OfferMessage(s_header, 1, null, true),
        ["Fault, null"] = block => block.Fault(null!),
        ["LinkTo, no target"] = block => block.LinkTo(null!, new DataflowLinkOptions()),
        ["LinkTo, no options"] = block => block.LinkTo(new BufferBlock<int>(), (DataflowLinkOptions)null!),
        ["LinkTo, neither"] = block => block.LinkTo(null!, (DataflowLinkOptions)null!),
        ["ConsumeMessage, no header"] = block => block.ConsumeMessage(default, new BufferBlock<int>(), out _),
        ["ConsumeMessage, no target"] = block => block.ConsumeMessage(s_header, null!, out _),
        ["ConsumeMessage, neither"] = block => block.ConsumeMessage(default, null!, out _),
        ["ReserveMessage, no header"] = block => block.ReserveMessage(default, new BufferBlock<int>()),
        ["ReserveMessage, no target"] = block => block.ReserveMessage(s_header, null!),
        ["ReserveMessage, neither"] = block => block.ReserveMessage(default, null!),
        ["ReleaseReservation, no header"] = block => block.ReleaseReservation(default, new BufferBlock<int>()),
        ["ReleaseReservation, no target"] = block => block.ReleaseReservation(s_header, null!),
        ["ReleaseReservation, neither"] = block => block.ReleaseReservation(default, null!),
        ["ReleaseReservation, of nobody"] = block => block.ReleaseReservation(s_header, new BufferBlock<int>()),
    };

    public static TheoryData<string> Calls() => new(s_calls.Keys);

    [Theory]
    [MemberData(nameof(Calls))]
    public void Call_BadArgument_IsRefusedAsByTheInBoxBlock(string call)
    {
        Exception expected = Assert.IsAssignableFrom<Exception>(Record.Exception(() => s_calls[call](new TransformBlock<int, int>(x => x))));
        Exception refusal = Assert.IsAssignableFrom<Exception>(
            Record.Exception(() => s_calls[call](DataflowPipeline.Encapsulate<int, int>(p => p.Select(x => x)))));

        Assert.Equal((expected.GetType(), (expected as ArgumentException)?.ParamName), (refusal.GetType(), (refusal as ArgumentException)?.ParamName));
    }

    [Fact]
    public void Calls_Members_AreAllOfTheInterfaces()
    {
        // Those that have nothing to refuse: a filter may be null.
        string[] others = [nameof(IDataflowBlock.Complete), nameof(IReceivableSourceBlock<>.TryReceive), nameof(IReceivableSourceBlock<>.TryReceiveAll)];
        IEnumerable<string> members =
            new[] { typeof(IDataflowBlock), typeof(ITargetBlock<int>), typeof(ISourceBlock<int>), typeof(IReceivableSourceBlock<int>) }
            .SelectMany(face => face.GetMethods()).Where(method => !method.IsSpecialName).Select(method => method.Name);

        Assert.Equal(members.Except(others).Order(), s_calls.Keys.Select(call => call.Split(',')[0]).Distinct().Order());
    }
}

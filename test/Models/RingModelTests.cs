using Xunit.Abstractions;

namespace Pipelines.Models;

public sealed class RingModelTests(ITestOutputHelper output)
{
    private static readonly RingShape[] s_shapes =
    [
        new(Capacity: 1, Items: 3),
        new(Capacity: 2, Items: 3),
        new(Capacity: 4, Items: 6), // woken at every second slot
        new(Capacity: 2, Items: 3, FirstSegment: 1),
        new(Capacity: 2, Items: 2, OtherCloses: true),
        new(Capacity: 1, Items: 3, ReaderLeavesAfter: 1),
        new(Capacity: 1, Items: 3, Parks: false),
        new(Capacity: 1, Items: 2, OtherCloses: true, Parks: false),
        new(Capacity: 4, Items: 6, LooksInVain: 1, Parks: false),
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Ring_InEveryState_LosesNeitherItemsNorWakeUps(int shape, MemoryModel memory) =>
        Verdicts.Hold(new RingModel(s_shapes[shape], RingFault.None), memory, output);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Ring_WithAFault_IsFound(RingFault fault) => Verdicts.Fail(s_shapes.Select(shape => new RingModel(shape, fault)), fault, output);

    public static TheoryData<int, MemoryModel> Shapes() => Verdicts.OnEach(s_shapes.Length);

    public static TheoryData<RingFault> Faults() => Verdicts.Faults<RingFault>();
}

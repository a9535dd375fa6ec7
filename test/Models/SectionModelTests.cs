using Xunit.Abstractions;

namespace Pipelines.Models;

public sealed class SectionModelTests(ITestOutputHelper output)
{
    private static readonly SectionShape[] s_shapes =
    [
        new(Slots: 2, Items: 2, Each: 2),
        new(Slots: 2, Items: 3, Each: 1),
        new(Slots: 2, Items: 3, Each: 3),
        new(Slots: 3, Items: 3, Each: 2),
        new(Slots: 2, Items: 2, Each: 2, Fills: 3),
        new(Slots: 2, Items: 3, Each: 1, Fills: 3),
        new(Slots: 2, Items: 2, Each: 3, Fills: 2),
        new(Slots: 3, Items: 3, Each: 2, Fills: 2),
        new(Slots: 2, Items: 4, Each: 1, Fills: 1),
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Baton_InEveryState_PassesAllResultsOnInOrder(int shape, MemoryModel memory) =>
        Verdicts.Hold(new SectionModel(s_shapes[shape], SectionFault.None), memory, output);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Baton_WithAFault_IsFound(SectionFault fault) => Verdicts.Fail(s_shapes.Select(shape => new SectionModel(shape, fault)), fault, output);

    public static TheoryData<int, MemoryModel> Shapes() => Verdicts.OnEach(s_shapes.Length);

    public static TheoryData<SectionFault> Faults() => Verdicts.Faults<SectionFault>();
}

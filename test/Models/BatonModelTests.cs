using Xunit.Abstractions;

namespace Pipelines.Models;

public sealed class BatonModelTests(ITestOutputHelper output)
{
    private static readonly PoolShape[] s_shapes =
    [
        new(Size: 2, Items: 4),
        new(Size: 2, Items: 4, Fills: 4),
        new(Size: 2, Items: 4, Fills: 1),
        new(Size: 2, Items: 4, Fills: 1, Waits: 3),
        new(Size: 2, Items: 4, Run: 2),
        new(Size: 4, Items: 6, Run: 2, Fills: 6),
        new(Size: 2, Items: 3, Ordered: false),
        new(Size: 2, Items: 3, FailsAt: 2, Fills: 3),
        new(Size: 1, Items: 3, Fills: 3),
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Window_InEveryState_PassesEachOnInItsPlace(int shape, MemoryModel memory) => Verdicts.Hold(new BatonModel(s_shapes[shape], BatonFault.None), memory, output);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Window_WithAFault_IsFound(BatonFault fault) => Verdicts.Fail(s_shapes.Select(shape => new BatonModel(shape, fault)), fault, output);

    public static TheoryData<int, MemoryModel> Shapes() => Verdicts.OnEach(s_shapes.Length);

    public static TheoryData<BatonFault> Faults() => Verdicts.Faults<BatonFault>();
}

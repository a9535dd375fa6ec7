using Xunit.Abstractions;

namespace Pipelines.Models;

public sealed class HandOutModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(4, 2, MemoryModel.Tso)]
    [InlineData(4, 2, MemoryModel.Weak)]
    [InlineData(3, 3, MemoryModel.Weak)]
    public void HandOut_InEveryState_GivesEachItemToOneTaker(int items, int takers, MemoryModel memory) =>
        Verdicts.Hold(new HandOutModel(items, takers, HandOutFault.None), memory, output);

    [Theory]
    [MemberData(nameof(Faults))]
    public void HandOut_WithAFault_IsFound(HandOutFault fault) => Verdicts.Fail([new HandOutModel(4, 2, fault)], fault, output);

    public static TheoryData<HandOutFault> Faults() => Verdicts.Faults<HandOutFault>();
}

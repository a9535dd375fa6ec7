using Xunit.Abstractions;

namespace Pipelines.Models;

public sealed class CrewModelTests(ITestOutputHelper output)
{
    private static CrewModel[] Models(CrewFault fault) => [new(64, 2, false, fault), new(1, 2, false, fault), new(64, 1, true, fault)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Crew_InEveryState_HasAPumpForWhoIsReady(int shape, MemoryModel memory) => Verdicts.Hold(Models(CrewFault.None)[shape], memory, output);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Crew_WithAFault_IsFound(CrewFault fault) => Verdicts.Fail(Models(fault), fault, output);

    public static TheoryData<int, MemoryModel> Shapes() => Verdicts.OnEach(Models(CrewFault.None).Length);

    public static TheoryData<CrewFault> Faults() => Verdicts.Faults<CrewFault>();
}

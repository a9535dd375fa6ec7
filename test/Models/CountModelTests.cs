using Xunit.Abstractions;

namespace Pipelines.Models;

public sealed class CountModelTests(ITestOutputHelper output)
{
    private static readonly CountShape[] s_shapes =
    [
        new(Items: 2),
        new(Items: 1, Pauses: 2),
        new(Items: 1, OtherResumes: true),
        new(Items: 1, OtherStops: true),
        new(Items: 2, Pool: true),
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Count_InEveryState_TellsOfRestAndOfNothingElse(int shape, MemoryModel memory) => Verdicts.Hold(new CountModel(s_shapes[shape], CountFault.None), memory, output);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Count_WithAFault_IsFound(CountFault fault) => Verdicts.Fail(s_shapes.Select(shape => new CountModel(shape, fault)), fault, output);

    public static TheoryData<int, MemoryModel> Shapes() => Verdicts.OnEach(s_shapes.Length);

    public static TheoryData<CountFault> Faults() => Verdicts.Faults<CountFault>();
}

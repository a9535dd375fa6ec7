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

    public static TheoryData<int, MemoryModel> Shapes()
    {
        var data = new TheoryData<int, MemoryModel>();
        for (int shape = 0; shape < s_shapes.Length; shape++)
        {
            data.Add(shape, MemoryModel.Tso);
            data.Add(shape, MemoryModel.Weak);
        }

        return data;
    }

    public static TheoryData<RingFault> Faults() => [.. Enum.GetValues<RingFault>().Where(static fault => fault != RingFault.None)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Ring_InEveryState_LosesNeitherItemsNorWakeUps(int shape, MemoryModel memory)
    {
        Verdict verdict = Explorer.Explore(new RingModel(s_shapes[shape], RingFault.None), memory);
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.Holds, verdict.ToString());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Ring_WithAFault_IsFound(RingFault fault)
    {
        IEnumerable<Verdict> verdicts =
            from memory in (MemoryModel[])[MemoryModel.Tso, MemoryModel.Weak]
            from shape in s_shapes
            select Explorer.Explore(new RingModel(shape, fault), memory);
        Verdict? found = verdicts.FirstOrDefault(static verdict => !verdict.Holds);
        Assert.True(found is not null, $"{fault} goes unnoticed.");
        output.WriteLine(found.ToString());
    }
}

using Xunit.Abstractions;

namespace Pipelines.Models;

/// <summary>What the tests of all models ask.</summary>
internal static class Verdicts
{
    /// <summary>All faults but none, which is the first.</summary>
    public static TheoryData<T> Faults<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Skip(1)];

    /// <summary>Each of so many models on each memory.</summary>
    public static TheoryData<int, MemoryModel> OnEach(int models)
    {
        var data = new TheoryData<int, MemoryModel>();
        for (int model = 0; model < models; model++)
        {
            data.Add(model, MemoryModel.Tso);
            data.Add(model, MemoryModel.Weak);
        }

        return data;
    }

    public static void Hold(Model model, MemoryModel memory, ITestOutputHelper output)
    {
        Verdict verdict = Explorer.Explore(model, memory);
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.Holds, verdict.ToString());
    }

    /// <summary>The fault shows in one of the models. If it shows on x86, then there: its trace is easier to read.</summary>
    public static void Fail(IEnumerable<Model> models, Enum fault, ITestOutputHelper output)
    {
        IEnumerable<Verdict> verdicts =
            from memory in (MemoryModel[])[MemoryModel.Tso, MemoryModel.Weak]
            from model in models
            select Explorer.Explore(model, memory);
        Verdict? found = verdicts.FirstOrDefault(static verdict => !verdict.Holds);
        Assert.True(found is not null, $"{fault} goes unnoticed.");
        output.WriteLine(found.ToString());
    }
}

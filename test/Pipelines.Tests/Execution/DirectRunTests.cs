using Pipelines.Execution;

namespace Pipelines.Tests.Execution;

/// <summary>Who is kept to go on in an island's place.</summary>
public sealed class DirectRunTests
{
    // The second took the first one's place, and the run hung: seen once in ten thousand runs under a clock that throws.
    [Fact]
    public void Open_WhileOneIsKept_LosesNobody()
    {
        List<string> executed = [];
        Assert.True(DirectRun.Enter());
        DirectRun.Open();
        Assert.True(DirectRun.TryKeep(new Work(() => executed.Add("first"))));
        DirectRun.Open();
        Assert.False(DirectRun.TryKeep(new Work(() => executed.Add("second"))));
        DirectRun.Leave();

        Assert.Equal(["first"], executed);
    }

    private sealed class Work(Action execute) : IThreadPoolWorkItem
    {
        public void Execute() => execute();
    }
}

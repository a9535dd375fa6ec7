namespace Benchmarks.Quick;

/// <summary>One way to do a question's work.</summary>
/// <param name="Name">What it is, in the table.</param>
/// <param name="RunAsync">Does the work for so many items, and returns a figure that proves it.</param>
internal sealed record Contender(string Name, Func<int, Task<long>> RunAsync)
{
    /// <summary>For work that does not leave the calling thread.</summary>
    public static Contender Synchronous(string name, Func<int, long> run) => new(name, items => Task.FromResult(run(items)));
}

namespace Pipelines.Execution;

/// <summary>Whether this thread is somebody else's, in the middle of a call of his that has come to us: he may hold locks of his own.</summary>
/// <remarks>
/// A channel completes those who wait for it under its lock, a Dataflow block offers its messages under one. A scheduler that is called there, and runs what
/// it is given at once or waits until it has run,
/// has us call that channel again from within, or from another thread that then waits for the lock for ever. So what is scheduled there is not executed
/// before the call has returned: see <see cref="Handed"/>.
/// </remarks>
internal static class Outside
{
    [ThreadStatic]
    private static int t_depth;

    public static bool IsHere => t_depth > 0;

    /// <summary>Until it is disposed the thread is known as somebody else's.</summary>
    public static Entered Enter()
    {
        t_depth++;
        return default;
    }

    public readonly ref struct Entered
    {
        [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is a dispose.")]
        public void Dispose() => t_depth--;
    }
}

namespace Pipelines.Tests.Channels;

/// <summary>A value task in the hands of somebody who does with it what one should not.</summary>
internal interface IPending
{
    bool IsCompleted { get; }

    void OnCompleted(Action continuation) => OnCompleted(continuation, flows: true, captures: null);

    /// <param name="continuation">What goes on.</param>
    /// <param name="flows">Whether it takes the execution context with it.</param>
    /// <param name="captures">What is said to <c>ConfigureAwait</c>; null: nothing.</param>
    void OnCompleted(Action continuation, bool flows, bool? captures);

    void GetResult();

    Task AsTask();
}

internal sealed class Pending(ValueTask task) : IPending
{
    public bool IsCompleted => task.GetAwaiter().IsCompleted;

    public void OnCompleted(Action continuation, bool flows, bool? captures)
    {
        if (captures is { } context)
        {
            var awaiter = task.ConfigureAwait(context).GetAwaiter();
            Hand(flows, awaiter.OnCompleted, awaiter.UnsafeOnCompleted, continuation);
        }
        else
        {
            var awaiter = task.GetAwaiter();
            Hand(flows, awaiter.OnCompleted, awaiter.UnsafeOnCompleted, continuation);
        }
    }

    public void GetResult() => task.GetAwaiter().GetResult();

    public Task AsTask() => task.AsTask();

    public static void Hand(bool flows, Action<Action> with, Action<Action> without, Action continuation) => (flows ? with : without)(continuation);
}

internal sealed class Pending<T>(ValueTask<T> task) : IPending
{
    public bool IsCompleted => task.GetAwaiter().IsCompleted;

    public void OnCompleted(Action continuation, bool flows, bool? captures)
    {
        if (captures is { } context)
        {
            var awaiter = task.ConfigureAwait(context).GetAwaiter();
            Pending.Hand(flows, awaiter.OnCompleted, awaiter.UnsafeOnCompleted, continuation);
        }
        else
        {
            var awaiter = task.GetAwaiter();
            Pending.Hand(flows, awaiter.OnCompleted, awaiter.UnsafeOnCompleted, continuation);
        }
    }

    public void GetResult() => task.GetAwaiter().GetResult();

    public Task AsTask() => task.AsTask();
}

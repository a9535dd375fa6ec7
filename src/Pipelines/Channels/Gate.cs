namespace Pipelines.Channels;

/// <summary>A lock of ours. Whoever is to be woken while it is held is noted, and woken behind it.</summary>
/// <remarks>
/// To wake somebody is to call a scheduler, which is foreign code: it may run what it is given at once, wait for another thread, or throw. Under a lock each
/// of these is a hang. So nothing that
/// wakes need know whether a lock is held further up: <see cref="TryDefer"/> says so, and the last lock that this thread leaves lets it go on.
/// </remarks>
internal sealed class Gate
{
    [ThreadStatic]
    private static int t_held;

    [ThreadStatic]
    private static Queue<Action>? t_deferred;

    /// <summary>Whether this thread holds a lock of ours. Foreign code is called only where it does not.</summary>
    public static bool IsHeld => t_held > 0;

    /// <summary>Takes the lock until the result is disposed.</summary>
    public Holding Enter()
    {
        Monitor.Enter(this); // its own object, and not a Lock: a run has several, and an object less each
        t_held++;
        return new Holding(this);
    }

    /// <summary>Notes what calls foreign code for behind the lock. False: none is held.</summary>
    public static bool TryDefer(Action call)
    {
        if (t_held == 0)
        {
            return false;
        }

        (t_deferred ??= new()).Enqueue(call);
        return true;
    }

    // Leaving the last lock. What is called here may take and leave locks, and defer: that is called from there.
    private static void CallDeferred()
    {
        while (t_deferred is { } deferred && deferred.TryDequeue(out Action? call))
        {
            call();
        }
    }

    /// <summary>A lock that is held.</summary>
    public readonly ref struct Holding(Gate held)
    {
        public void Dispose()
        {
            Monitor.Exit(held);
            if (--t_held == 0 && t_deferred is { Count: > 0 })
            {
                CallDeferred();
            }
        }
    }
}

namespace Pipelines.Execution;

/// <summary>Lets an island that is about to sleep run the one it has just woken in its place: an item that goes through an idle pipeline saves a hop between
/// threads.</summary>
/// <remarks>
/// On the thread pool only. An island opens it right before it pushes an item to a link, as the last thing that it does with the item; whoever that wakes is
/// kept instead of queued.
/// It closes it, which queues who was kept, as soon as it finds another item: from there on the two run side by side. If it finds none it parks, and the
/// outermost
/// activity of the thread goes on with who was kept. So nobody waits for more than a look for the next item, and never for somebody's code.
/// </remarks>
internal static class DirectRun
{
    [ThreadStatic]
    private static bool t_isOpen;

    [ThreadStatic]
    private static IThreadPoolWorkItem? t_kept;

    [ThreadStatic]
    private static bool t_isRunning;

    /// <summary>From here on the first who is woken is kept, unless one is already. That need not be the reader of the link: where a failure comes in between
    /// it is another, the reader makes room elsewhere, and the island goes on and opens this again.</summary>
    public static void Open() => t_isOpen = t_isRunning && t_kept is null;

    /// <summary>Keeps who is woken. False: it is to be queued.</summary>
    public static bool TryKeep(IThreadPoolWorkItem work)
    {
        if (!t_isOpen)
        {
            return false;
        }

        t_isOpen = false;
        t_kept = work;
        return true;
    }

    /// <summary>There is more to do here: who was kept is queued.</summary>
    public static void Close()
    {
        t_isOpen = false;
        if (t_kept is { } kept)
        {
            t_kept = null;
            ThreadPool.UnsafeQueueUserWorkItem(kept, preferLocal: false);
        }
    }

    /// <summary>An activity begins on this thread. True: it is the outermost, and calls <see cref="Leave"/>.</summary>
    public static bool Enter()
    {
        if (t_isRunning)
        {
            return false;
        }

        return t_isRunning = true;
    }

    /// <summary>It has left the thread: whoever was kept goes on there.</summary>
    public static void Leave()
    {
        t_isOpen = false;
        while (t_kept is { } kept)
        {
            t_kept = null;
            kept.Execute();
            t_isOpen = false;
        }

        t_isRunning = false;
    }
}

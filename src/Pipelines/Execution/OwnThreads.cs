namespace Pipelines.Execution;

/// <summary>The threads of one block, for delegates that block.</summary>
/// <remarks>
/// <para>A request is taken by a thread that is idle; if there is none, by a new one, as long as there may be more; or else by whoever is done first. A thread
/// that finds nothing to do waits, blocked, which is what such threads are for, until the block has ended.</para>
/// <para>Requests, idle threads and the end are under its own lock, under which nobody is called.</para>
/// </remarks>
internal sealed class OwnThreads(Func<string> name, int most)
{
    private int _most = most;
    private readonly object _lock = new();
    private IThreadPoolWorkItem? _work;
    private int _requests;
    private int _idle;
    private int _made;
    private bool _hasEnded;

    /// <summary>Has the work executed once more.</summary>
    public void Request(IThreadPoolWorkItem work)
    {
        lock (_lock)
        {
            _work = work;
            _requests++;
            if (_idle >= _requests)
            {
                Monitor.Pulse(_lock);
                return;
            }

            if (_made >= _most)
            {
                return;
            }

            _made++;
        }

        if (!TryStart())
        {
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false); // rather there than not at all
        }
    }

    /// <summary>There may be so many, if there were fewer before.</summary>
    public void Allow(int threads)
    {
        lock (_lock)
        {
            _most = Math.Max(_most, threads);
        }
    }

    /// <summary>Nothing more is requested.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Monitor.PulseAll(_lock);
        }
    }

    private bool TryStart()
    {
        try
        {
            new Thread(Loop) { IsBackground = true, Name = name() }.UnsafeStart();
            return true;
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            lock (_lock)
            {
                _made--;
                _requests--;
            }

            return false;
        }
    }

    private void Loop()
    {
        while (true)
        {
            IThreadPoolWorkItem work;
            lock (_lock)
            {
                while (_requests == 0)
                {
                    if (_hasEnded)
                    {
                        return;
                    }

                    _idle++;
                    Monitor.Wait(_lock);
                    _idle--;
                }

                _requests--;
                work = _work!;
            }

            work.Execute();
        }
    }
}

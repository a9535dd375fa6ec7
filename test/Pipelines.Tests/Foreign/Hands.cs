namespace Pipelines.Tests.Foreign;

/// <summary>Threads that are used again, as many as are needed at once: those that call may all wait, and on the thread pool that would take it half a second
/// for each more.</summary>
internal static class Hands
{
    private static readonly Lock s_lock = new();
    private static readonly Stack<Hand> s_idle = [];

    public static void Do(Action work)
    {
        Hand? hand;
        lock (s_lock)
        {
            s_idle.TryPop(out hand);
        }

        (hand ?? new Hand()).Do(work);
    }

    private sealed class Hand
    {
        private Action? _work;

        public Hand() => new Thread(Live) { IsBackground = true }.Start();

        public void Do(Action work)
        {
            lock (this)
            {
                _work = work;
                Monitor.Pulse(this);
            }
        }

        private void Live()
        {
            while (true)
            {
                Taken()();
                lock (s_lock)
                {
                    s_idle.Push(this);
                }
            }
        }

        private Action Taken()
        {
            lock (this)
            {
                while (_work is null)
                {
                    Monitor.Wait(this);
                }

                Action work = _work;
                _work = null;
                return work;
            }
        }
    }
}

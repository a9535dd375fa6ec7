using System.Runtime.ExceptionServices;

namespace Pipelines.Channels;

/// <summary>Something that ends under a lock and is told so when the lock has been left.</summary>
internal abstract class Waiting
{
    /// <summary>The next in the list that it is in: a line, or what has ended.</summary>
    public Waiting? Next { get; set; }

    /// <summary>Tells it. Where its awaiter goes on is foreign (a scheduler, a context): never under a lock.</summary>
    public abstract void Complete();
}

/// <summary>The waits that an operation has ended while it held the lock, in their order. Whoever has made one completes it behind the lock, whatever
/// happened.</summary>
internal struct EndedWaits
{
    private Waiting? _first;
    private Waiting? _last;

    public void Add(Waiting wait)
    {
        wait.Next = null;
        if (_last is null)
        {
            _first = wait;
        }
        else
        {
            _last.Next = wait;
        }

        _last = wait;
    }

    /// <summary>Tells all of them. A scheduler that throws must not cost the others their news: its exception is thrown last.</summary>
    public readonly void Complete()
    {
        if (_first is not null)
        {
            CompleteFrom(_first);
        }
    }

    private static void CompleteFrom(Waiting? next)
    {
        Exception? failure = null;
        while (next is { } wait)
        {
            next = wait.Next;
            wait.Next = null;
            try
            {
                wait.Complete();
            }
            catch (Exception error)
            {
                failure ??= error;
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

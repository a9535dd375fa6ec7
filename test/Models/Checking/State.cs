namespace Pipelines.Models.Checking;

/// <summary>Where everything stands. It is never changed: a step makes another.</summary>
internal sealed record State(int[] Memory, ThreadState[] Threads)
{
    public State With(int index, ThreadState thread)
    {
        var threads = (ThreadState[])Threads.Clone();
        threads[index] = thread;
        return new State(Memory, threads);
    }

    public StateKey.Written Write(StateKey key)
    {
        foreach (int word in Memory)
        {
            key.Add(word);
        }

        foreach (ThreadState thread in Threads)
        {
            thread.Write(key);
        }

        return key.Take();
    }
}

/// <summary>Where a thread stands: its methods, outermost first; what it does next; what it has stored and nobody else sees yet (oldest first); what it may still take for true (oldest first).</summary>
internal sealed record ThreadState(IEnumerator<Op>[] Frames, Op Next, Store[] Buffer, Store[] Old)
{
    public bool HasEnded => Frames.Length == 0;

    public void Write(StateKey key)
    {
        key.Add(Frames.Length);
        foreach (IEnumerator<Op> frame in Frames)
        {
            Checking.Frames.Write(frame, key);
        }

        if (!HasEnded)
        {
            key.Add((int)Next.Kind);
            key.Add(Next.Place.Index);
            key.Add(Next.Value);
            key.Add(Next.Comparand);
        }

        foreach (Store[] stores in (ReadOnlySpan<Store[]>)[Buffer, Old])
        {
            key.Add(stores.Length);
            foreach (Store store in stores)
            {
                key.Add(store.Place.Index);
                key.Add(store.Value);
                key.Add(store.Releases ? 1 : 0);
            }
        }
    }
}

/// <summary>A store that waits to be seen, or one that has been overwritten.</summary>
internal readonly record struct Store(Place Place, int Value, bool Releases = false);

/// <summary>What may happen next: a thread goes on, or one of its stores is seen, or it goes on with an old value.</summary>
internal readonly record struct Move(MoveKind Kind, int Thread, int Index = 0);

internal enum MoveKind
{
    GoOn,
    GoOnWithOld,
    Store,
}

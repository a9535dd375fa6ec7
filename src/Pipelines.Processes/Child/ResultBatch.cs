namespace Pipelines.Processes;

/// <summary>The results of a map that are nothing but their bytes, put down one behind the other in a frame that is shown from time to time.</summary>
/// <remarks>A result counts as soon as <see cref="Marks.Ended"/> does: the parent finds it where the frame will be, if this process dies before it shows it,
/// or takes long over the next item.</remarks>
internal unsafe struct ResultBatch<T>(ParentLink link)
{
    private byte* _next;
    private byte* _end;
    private int _count;

    /// <summary>Puts one down. The caller counts it. False: it is to leave instead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(T result)
    {
        if (_next == _end && !Open())
        {
            return false;
        }

        Unsafe.WriteUnaligned(_next, result);
        _next += Unsafe.SizeOf<T>();
        _count++;
        return true;
    }

    /// <summary>Shows what was put down. Before anything else is written into the ring.</summary>
    public void Show()
    {
        if (_count > 0)
        {
            link.Answers.Commit(Frame.Items, _count * Unsafe.SizeOf<T>());
            link.Answers.Publish();
        }

        _next = _end = null;
        _count = 0;
    }

    private bool Open()
    {
        Show();
        Span<byte> room = link.Reserve(Unsafe.SizeOf<T>());
        link.Answers.Publish(); // where the end of the ring was left out the parent is to look at its beginning
        _next = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room));
        _end = _next + (Math.Min(room.Length / Unsafe.SizeOf<T>(), RawItems<T>.Most) * Unsafe.SizeOf<T>());
        return !room.IsEmpty;
    }
}

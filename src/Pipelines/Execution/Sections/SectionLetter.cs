namespace Pipelines.Execution;

/// <summary>An item of a section that is on its way out, by its block's policy, and the worker that may have to wait for that.</summary>
/// <remarks>States: <i>none</i>; <i>on its way</i>, from the worker's thread; <i>waited for</i>, by a compare-and-swap of the worker's, behind which it is off
/// its thread; and none again, by whoever has told it, on any thread, who has the worker go on if it was waited for.</remarks>
internal struct SectionLetter
{
    private const int None = 0;
    private const int OnItsWay = 1;
    private const int WaitedFor = 2;

    private int _state;

    /// <summary>Whether there is one. The worker's.</summary>
    public readonly bool IsOut => Volatile.Read(in _state) != None;

    public void Begin() => Volatile.Write(ref _state, OnItsWay);

    /// <summary>True: it has not been told yet, and whoever does it has the worker go on, perhaps by now. The worker's.</summary>
    public bool TryWait() => Interlocked.CompareExchange(ref _state, WaitedFor, OnItsWay) == OnItsWay;

    /// <summary>It has been told. True: the worker waits. Any thread.</summary>
    public bool End() => Interlocked.Exchange(ref _state, None) == WaitedFor;
}

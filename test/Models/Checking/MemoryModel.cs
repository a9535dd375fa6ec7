namespace Pipelines.Models.Checking;

/// <summary>When threads see what others have stored.</summary>
/// <remarks>Interlocked operations are full fences in each, as .NET has it: they wait until what the thread has stored before is seen by all.</remarks>
public enum MemoryModel
{
    /// <summary>x86: a thread's stores are seen by others late, in their order (one store buffer a thread); its loads are in order.</summary>
    Tso,

    /// <summary>
    /// ARM, as far as matters here. Stores to different places are seen in any order, but a releasing store (<see cref="Volatile"/>) only after all that stand before it. A plain load may be done as
    /// early as the acquiring load or the fence before it, and so bring an old value.
    /// </summary>
    /// <remarks>Not modelled: an acquiring load that is done before a plain one in front of it, and loads that bring what is stored only later because of them.</remarks>
    Weak,
}

namespace Pipelines.Execution;

/// <summary>What is handed to a scheduler of the user's. It executes once: a scheduler may have run it, or may yet run it, although it threw.</summary>
/// <remarks>
/// From the outside (<see cref="Outside"/>) there are three states, each left once: <b>being handed</b>, which the hander leaves for <b>handed</b> when the
/// scheduler has returned, and whoever executes it for <b>too early</b>, when it has not. Then nothing is executed, and the hander has it handed again from a
/// thread that holds nothing. Otherwise it is handed from the start.
/// </remarks>
internal sealed class Handed(IThreadPoolWorkItem work, bool isFromOutside) : IThreadPoolWorkItem
{
    private const int BeingHanded = 0;
    private const int IsHanded = 1;
    private const int TooEarly = 2;

    private IThreadPoolWorkItem? _work = work;
    private int _state = isFromOutside ? BeingHanded : IsHanded;

    public void Execute()
    {
        if (Volatile.Read(ref _state) != BeingHanded || Interlocked.CompareExchange(ref _state, TooEarly, BeingHanded) != BeingHanded)
        {
            Interlocked.Exchange(ref _work, null)?.Execute();
        }
    }

    /// <summary>The scheduler has returned, or has thrown. Not null: what it executed too early, and is to be handed again.</summary>
    public IThreadPoolWorkItem? HasReturned() =>
        isFromOutside && Interlocked.CompareExchange(ref _state, IsHanded, BeingHanded) == TooEarly ? Interlocked.Exchange(ref _work, null) : null;
}

namespace Pipelines.Channels;

/// <summary>Hears when somebody begins to sleep in a <see cref="WaitList"/> and when nobody does any more. Called under the list's lock.</summary>
internal interface ISleepObserver
{
    void FellAsleep();

    void WokeUp();
}

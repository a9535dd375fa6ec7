namespace Pipelines.Channels;

/// <summary>Hears when somebody begins to wait in a <see cref="WaitLine"/> and when nobody does any more. Called under the line's lock.</summary>
internal interface ISleepObserver
{
    void FellAsleep();

    void WokeUp();
}

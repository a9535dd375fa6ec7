using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head and blocks are synchronous: it pumps for as long as it can and sleeps only when it must.</summary>
internal abstract class PumpIsland<T>(BlockRun head, Stage<T> chain) : Island(head)
{
    protected Stage<T> Chain { get; } = chain;

    protected sealed override async Task LoopAsync()
    {
        try
        {
            Open();
            await PumpAsync();
        }
        catch (Exception error)
        {
            Caught(error); // first: leaving a source is user code, and what that throws must not take this failure's place
        }

        Leave();
    }

    private async ValueTask PumpAsync()
    {
        while (await ReadyAsync(Chain))
        {
            Fed fed = Feed();
            while (fed == Fed.Starved)
            {
                Signal.Arm(Wait.Input);
                if ((IsStarved && !Run.IsAborting && !IsUnwanted) || !Signal.TryDisarm())
                {
                    await SleepAsync(Wait.Input);
                }

                fed = Run.IsAborting || IsUnwanted ? Fed.Filled : Feed();
            }

            if (fed == Fed.Ended)
            {
                break;
            }

            if (fed == Fed.Paused)
            {
                await HoldStillAsync();
            }
        }

        // The input has ended, or nobody downstream takes any more of it: either way the end goes on down.
        await CompleteAsync(Chain);
    }

    /// <summary>Gets the input ready, on the island's own thread.</summary>
    protected virtual void Open()
    {
    }

    /// <summary>Pushes items until there is no more input or no more room.</summary>
    protected abstract Fed Feed();

    /// <summary>A second look after a starved feed: whether there is still nothing new.</summary>
    protected virtual bool IsStarved => false;

    /// <summary>The island takes no more input: lets whoever feeds it know.</summary>
    protected abstract void Leave();

    protected enum Fed
    {
        /// <summary>The chain said that it may not take another item.</summary>
        Filled,

        /// <summary>There is no input at the moment.</summary>
        Starved,

        /// <summary>The run is paused: a producer takes none of its input.</summary>
        Paused,

        /// <summary>There will be no more input.</summary>
        Ended,
    }
}

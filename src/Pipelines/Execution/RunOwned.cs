using Pipelines.Execution;

namespace Pipelines.Execution
{
    /// <summary>Something of a block that lives as long as the run.</summary>
    internal interface IRunOwned
    {
        /// <summary>The block.</summary>
        BlockRun Block { get; }

        /// <summary>What is to be disposed; null if there was no need for it.</summary>
        object? Resource { get; }
    }
}

namespace Pipelines
{
    // The part of a run that disposes what its blocks have had made for it.
    public sealed partial class PipelineRun
    {
        /// <summary>Disposes it, once, when everything has stopped. Returns the first failure of that, unless the run has failed before.</summary>
        private async ValueTask<BlockFailure?> DisposeOwnedAsync()
        {
            BlockFailure? first = null;
            for (int i = 0; i < _plan.Owned?.Count; i++)
            {
                IRunOwned owned = _plan.Owned[i];
                try
                {
                    if (owned.Resource is IAsyncDisposable asynchronous)
                    {
                        await asynchronous.DisposeAsync();
                    }
                    else if (owned.Resource is IDisposable disposable)
                    {
                        disposable.Dispose();
                    }
                }
                catch (Exception error)
                {
                    AtTheEnd(new BlockFailure { Block = NameOf(owned.Block), Item = null, Exception = error }, ref first);
                }
            }

            return first;
        }
    }
}

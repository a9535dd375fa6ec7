using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>An island whose head awaits a delegate for each item, one at a time; what comes out goes on down the chain.</summary>
internal sealed class AsyncIsland<TIn, TOut>(
    BlockRun head, Ring<TIn> link, Func<TIn, CancellationToken, ValueTask<TOut>> selector, Stage<TOut> chain)
    : Island(head)
{
    private readonly CancellationToken _token = head.Run.AbortToken;

    protected override async Task LoopAsync()
    {
        try
        {
            bool ready = await ReadyAsync(chain);
            while (ready && (link.HasItems || await InputAsync(link)))
            {
                link.TryRead(out TIn? item);
                TOut result;
                try
                {
                    result = await selector(item!, _token);
                }
                catch (Exception error)
                {
                    if (await Head.CaughtAsync(item, error))
                    {
                        continue;
                    }

                    break;
                }

                ready = Emit(result) || await ReadyAsync(chain);
            }

            await CompleteAsync(chain);
        }
        finally
        {
            link.LeaveReader();
        }
    }

    private bool Emit(TOut result)
    {
        Head.Counted++;
        return chain.Push(result) && !Run.IsAborting;
    }

    public override void Abandon()
    {
        Head.AbandonLink(link);
        chain.Abandon();
    }
}

using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>Sleeps on a link for a whole pool: news of input wakes one worker, which calls more if there is work for them. Set and unset under the pool's
/// gate.</summary>
internal sealed class PoolDoorbell(Action ring) : Waiter
{
    public bool IsSet => IsArmed(State);

    public void Set() => Announce(Wait.Input);

    public bool TryUnset() => TryWithdraw();

    protected override void OnWoken() => ring();
}

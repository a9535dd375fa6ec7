using Pipelines.Channels;

namespace Pipelines.Execution;

/// <summary>How long the workers of a pool have had nothing in hand, all together: one second of three idle workers is three seconds.</summary>
/// <remarks>Under the pool's gate, all of it.</remarks>
internal struct IdleTime
{
    private int _idle;
    private Wait _reason;
    private long _since;
    private long _starved;
    private long _blocked;

    /// <summary>Whether this is how it stands already: then nobody need look at the clock.</summary>
    public readonly bool Is(int idle, Wait reason) => idle == _idle && (reason == _reason || idle == 0);

    /// <summary>From now on, so many are idle, and for that.</summary>
    public void Set(int idle, Wait reason, long now)
    {
        (_starved, _blocked) = At(now);
        (_idle, _reason, _since) = (idle, reason, now);
    }

    public readonly (long Starved, long Blocked) At(long now)
    {
        long idle = Math.Max(0, now - _since) * _idle;
        return _reason == Wait.Room ? (_starved, _blocked + idle) : (_starved + idle, _blocked);
    }
}

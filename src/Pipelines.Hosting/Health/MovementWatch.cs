using System.Globalization;

namespace Pipelines.Hosting;

/// <summary>Says from what a run shows now and then which block is stuck, and which fails on too much.</summary>
/// <remarks>
/// <para>A block is stuck that has dealt with nothing for a while although something waits in front of it or is in its hands. Of several the one furthest
/// downstream is to blame: those before it wait for it. What a block gathers on purpose (half a batch) is no input that it does not take: it then waits, and
/// its time says so.</para>
/// <para>Looked at by a timer and by whoever asks for the health, under a lock; reports are numbers, and nothing foreign is called here.</para>
/// </remarks>
internal sealed class MovementWatch(PipelineHealthOptions options, TimeProvider clock)
{
    // How much of the time a block may have waited for input and still count as one that has an item at work.
    private const double Mostly = 0.5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Track> _tracks = [];
    private object? _run;

    /// <summary>Notes what a run shows at this moment. Of another run than before it begins anew.</summary>
    public void Look(PipelineRun run, int waitingInInbox)
    {
        PipelineReport report = run.Snapshot();
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            if (_run != (object)run)
            {
                _tracks.Clear();
                _run = run;
            }

            foreach (BlockReport block in report.Blocks)
            {
                if (!_tracks.TryGetValue(block.Name, out Track? track))
                {
                    _tracks[block.Name] = track = new Track(block, report.Elapsed, now);
                }

                bool isInbox = block is { Kind: BlockKind.Producer, Name: InboxServices.BlockName };
                long waiting = isInbox ? waitingInInbox : report.Links.Where(link => link.To == block.Name).Sum(link => link.Waiting);
                track.Look(block, waiting, report.Elapsed, now, Span(options.FailedOver) / 12, Span(options.FailedOver));
            }
        }
    }

    /// <summary>The worst there is to say, naming the block; null if there is nothing.</summary>
    public string? Judge(PipelineReport report)
    {
        lock (_gate)
        {
            foreach (BlockReport block in report.Blocks.Reverse())
            {
                if (_tracks.TryGetValue(block.Name, out Track? track) && StuckFor(track, block, report.Elapsed) is { } stuck)
                {
                    return stuck;
                }
            }

            foreach (BlockReport block in report.Blocks)
            {
                if (_tracks.TryGetValue(block.Name, out Track? track) && Failing(track, block) is { } failing)
                {
                    return failing;
                }
            }
        }

        return null;
    }

    private string? StuckFor(Track track, BlockReport block, TimeSpan elapsed)
    {
        TimeSpan still = clock.GetElapsedTime(track.MovedAt, track.LookedAt);
        if (still < options.StuckAfter)
        {
            return null;
        }

        string time = string.Create(CultureInfo.InvariantCulture, $"for {still.TotalSeconds:0} s");
        if (track.Waiting > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{block.Name} has not moved {time}, and {track.Waiting:N0} items wait in front of it.");
        }

        bool isIdle = (block.Starved - track.StarvedThen) > (elapsed - track.ElapsedThen) * (block.Parallelism * Mostly);
        return track.AtWork > 0 && !isIdle && block.Kind != BlockKind.Producer
            ? string.Create(CultureInfo.InvariantCulture, $"{block.Name} has not moved {time}, with {track.AtWork:N0} items in its hands.")
            : null;
    }

    private string? Failing(Track track, BlockReport block)
    {
        (long failed, long settled) = track.Recently();
        if (settled < options.FailedOfAtLeast || failed <= settled * options.MaxFailedShare)
        {
            return null;
        }

        string shares = string.Create(CultureInfo.InvariantCulture, $"{(double)failed / settled:0 %}; {options.MaxFailedShare:0 %} are allowed");
        return string.Create(CultureInfo.InvariantCulture, $"{block.Name} has failed on {failed:N0} of its last {settled:N0} items ({shares}).");
    }

    private long Span(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    /// <summary>What was seen of one block.</summary>
    private sealed class Track(BlockReport first, TimeSpan elapsed, long now)
    {
        // Of the time over which failures are counted: what had been dealt with then.
        private readonly Queue<(long At, long Failed, long Settled)> _past = new([(now, 0, 0)]);
        private long _settled = SettledBy(first);
        private long _failed = first.Failed;
        private long _notedAt = now;

        public long MovedAt { get; private set; } = now;

        public long LookedAt { get; private set; } = now;

        public TimeSpan StarvedThen { get; private set; } = first.Starved;

        public TimeSpan ElapsedThen { get; private set; } = elapsed;

        public long Waiting { get; private set; }

        public long AtWork { get; private set; }

        public void Look(BlockReport block, long waiting, TimeSpan elapsed, long now, long every, long over)
        {
            long settled = SettledBy(block);
            bool hadNothing = Waiting == 0 && AtWork == 0;
            (Waiting, LookedAt) = (waiting, now);
            AtWork = Math.Max(0, block.In - waiting - settled);
            if (settled != _settled || (hadNothing && (Waiting > 0 || AtWork > 0)))
            {
                (_settled, MovedAt, StarvedThen, ElapsedThen) = (settled, now, block.Starved, elapsed);
            }

            _failed = block.Failed;
            if (now - _notedAt >= every)
            {
                _past.Enqueue((now, _failed, settled));
                _notedAt = now;
            }

            while (_past.Count > 1 && now - _past.Peek().At > over)
            {
                _past.Dequeue();
            }
        }

        public (long Failed, long Settled) Recently() => (_failed - _past.Peek().Failed, _settled - _past.Peek().Settled);

        private static long SettledBy(BlockReport block) => block.Out + block.Filtered + block.Failed + block.Dropped + block.Undelivered;
    }
}
